{{- define "prism-objectstore.definition" -}}
component: objectstore
grpc:
  - prism.objectstore.v1.ObjectStoreService
stores:
  - database
  - s3
migrates: true
{{- end }}
