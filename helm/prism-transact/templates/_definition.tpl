{{- define "prism-transact.definition" -}}
component: transact
grpc:
  - prism.transact.v1.TransactService
stores:
  - database
  - redis
  - kafka
optional:
  - redis
  - kafka
migrates: true
{{- end }}
