{{- define "prism-cache.definition" -}}
component: cache
grpc:
  - prism.cache.v1.CacheService
stores:
  - database
  - redis
migrates: true
{{- end }}
