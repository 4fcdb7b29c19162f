{{- define "prism-vector.definition" -}}
component: vector
grpc:
  - prism.vector.v1.VectorService
stores:
  - redis
{{- end }}
