{{- define "prism-objectstore.definition" -}}
component: objectstore
grpc:
  - prism.objectstore.v1.ObjectStoreService
stores:
  - s3
{{- end }}
