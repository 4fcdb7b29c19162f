{{- define "prism-pubsub.definition" -}}
component: pubsub
grpc:
  - prism.pubsub.v1.PubSubService
stores:
  - nats
peers: true
{{- end }}
