{{/* Defaults of what all services can be given. What each value means is in the schema, and in docs/helm-values.md. */}}
{{- define "prism-service.defaults" -}}
suite: ""
image:
  registry: ghcr.io
  repository: prism/prism-{{ .service.component }}-svc
  tag: ""
  digest: ""
  pullPolicy: IfNotPresent
imagePullSecrets: []
replicas: 2
autoscaling:
  enabled: true
  minReplicas: 2
  maxReplicas: 10
  targetCPUUtilization: 75
  metrics: []
disruptionBudget:
  enabled: true
  maxUnavailable: 1
resources:
  requests:
    cpu: 500m
    memory: 768Mi
  limits:
    memory: 768Mi
jvmOptions: ""
tmpSize: 256Mi
startupSeconds: 180
shutdown:
  preStopSeconds: 5
  drainSeconds: 20
serviceAccount:
  annotations: {}
podAnnotations: {}
podLabels: {}
nodeSelector: {}
tolerations: []
affinity: {}
priorityClassName: ""
topologySpread:
  enabled: true
  whenUnsatisfiable: ScheduleAnyway
properties: {}
env: []
extraVolumes: []
extraVolumeMounts: []
internalToken:
  existingSecret: ""
  key: token
session:
  host: ""
tls:
  enabled: false
  existingSecret: ""
  clientAuth: NONE
  certManager:
    enabled: false
    issuerRef:
      name: ""
      kind: ClusterIssuer
    duration: 2160h
    renewBefore: 720h
networkPolicy:
  enabled: true
  clients:
    - podSelector:
        matchLabels:
          prism.io/client: "true"
  monitoring:
    - namespaceSelector:
        matchLabels:
          kubernetes.io/metadata.name: monitoring
  dns:
    - namespaceSelector:
        matchLabels:
          kubernetes.io/metadata.name: kube-system
  stores: []
  egress: []
gateway:
  enabled: false
  parentRefs: []
  hostnames: []
  caConfigMap: ""
metrics:
  tracingEndpoint: ""
  serviceMonitor:
    enabled: false
    interval: 30s
    labels: {}
  rules:
    enabled: false
    labels: {}
    runbook: https://github.com/prism/prism/blob/main/docs/operations.md
  dashboards:
    enabled: false
    labels:
      grafana_dashboard: "1"
test:
  existingSecret: ""
  key: api-key
{{- if has "database" .service.stores }}
database:
  host: ""
  port: 5432
  name: prism
  parameters: ""
  poolSize: 12
  existingSecret: ""
  usernameKey: username
  passwordKey: password
{{- end }}
{{- if .service.migrates }}
migrations:
  enabled: true
  existingSecret: ""
  retries: 3
  deadlineSeconds: 900
{{- end }}
{{- if has "redis" .service.stores }}
redis:
  host: ""
  port: 6379
  tls: false
  username: ""
  existingSecret: ""
  passwordKey: password
{{- end }}
{{- if has "kafka" .service.stores }}
kafka:
  bootstrapServers: ""
  brokerPorts: []
  securityProtocol: PLAINTEXT
  saslMechanism: SCRAM-SHA-512
  existingSecret: ""
  jaasKey: sasl.jaas.config
{{- end }}
{{- if has "nats" .service.stores }}
nats:
  servers: []
  existingSecret: ""
  usernameKey: username
  passwordKey: password
{{- end }}
{{- if has "clickhouse" .service.stores }}
clickhouse:
  url: ""
  database: prism
  existingSecret: ""
  usernameKey: username
  passwordKey: password
{{- end }}
{{- if has "s3" .service.stores }}
s3:
  bucket: ""
  region: us-east-1
  endpoint: ""
  publicEndpoint: ""
  pathStyle: false
  existingSecret: ""
  accessKeyKey: access-key
  secretKeyKey: secret-key
{{- end }}
{{- end }}
