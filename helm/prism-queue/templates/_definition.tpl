{{- define "prism-queue.definition" -}}
component: queue
grpc:
  - prism.queue.v1.QueueService
stores:
  - kafka
peers: true
{{- end }}
