{{/* The service's configuration file. Passwords are in none: they come from Secrets, by the environment. */}}
{{- define "prism-service.configmap" -}}
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ include "prism-service.fullname" . }}
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- include "prism-service.labels" . | nindent 4 }}
data:
  {{- include "prism-service.configuration" . | nindent 2 }}
{{- end }}

{{- define "prism-service.configuration" -}}
prism-{{ .service.component }}.yml: |
  {{- include "prism-service.properties" . | fromYaml | toYaml | nindent 2 }}
  {{- with .values.properties }}
  ---
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}

{{/* What follows from the other values. */}}
{{- define "prism-service.properties" -}}
{{- $properties := dict -}}
{{- range concat (list "base" "tls" "peer") .service.stores -}}
  {{- $more := include (printf "prism-service.properties.%s" .) $ | fromYaml -}}
  {{- $properties = include "prism-service.merge" (list $properties $more) | fromYaml -}}
{{- end -}}
{{- toYaml $properties -}}
{{- end }}

{{- define "prism-service.properties.base" -}}
prism:
  call:
    drain-timeout: {{ .values.shutdown.drainSeconds }}s
  {{- if ne .service.component "session" }}
  session:
    jwks-uri: {{ include "prism-service.httpScheme" . }}://{{ include "prism-service.sessionHost" . }}:8981/.well-known/jwks.json
    feed:
      address: dns:///{{ include "prism-service.sessionHost" . }}:8980
      {{- if .values.tls.enabled }}
      tls: true
      {{- end }}
  {{- end }}
{{- with .values.metrics.tracingEndpoint }}
management:
  opentelemetry:
    tracing:
      export:
        otlp:
          endpoint: {{ . | quote }}
{{- end }}
{{- end }}

{{- define "prism-service.properties.tls" -}}
{{- if .values.tls.enabled }}
prism:
  tls:
    bundle: prism
    client-auth: {{ .values.tls.clientAuth }}
server:
  ssl:
    bundle: prism
spring:
  ssl:
    bundle:
      pem:
        prism:
          reload-on-update: true
          keystore:
            certificate: file:/etc/prism/tls/tls.crt
            private-key: file:/etc/prism/tls/tls.key
          truststore:
            certificate: file:/etc/prism/tls/ca.crt
          options:
            enabled-protocols: TLSv1.3
{{- end }}
{{- end }}

{{- define "prism-service.properties.peer" -}}
{{- if .service.peers }}
prism:
  peer:
    addresses:
      - {{ include "prism-service.fullname" . }}-peers:8980
{{- end }}
{{- end }}

{{- define "prism-service.properties.database" -}}
{{- $database := .values.database -}}
spring:
  datasource:
    url: {{ printf "jdbc:postgresql://%s:%v/%s%s" $database.host $database.port $database.name (ternary "" (printf "?%s" $database.parameters) (empty $database.parameters)) | quote }}
    hikari:
      maximum-pool-size: {{ $database.poolSize }}
  {{- if and .service.migrates .values.migrations.enabled }}
  # The job of the release has done it.
  flyway:
    enabled: false
  {{- end }}
{{- end }}

{{- define "prism-service.properties.redis" -}}
{{- with .values.redis }}
{{- if .host }}
spring:
  data:
    redis:
      host: {{ .host | quote }}
      port: {{ .port }}
      {{- with .username }}
      username: {{ . | quote }}
      {{- end }}
      {{- if .tls }}
      ssl:
        enabled: true
      {{- end }}
{{- end }}
{{- end }}
{{- end }}

{{- define "prism-service.properties.kafka" -}}
{{- with .values.kafka }}
{{- if .bootstrapServers }}
spring:
  kafka:
    bootstrap-servers: {{ .bootstrapServers | quote }}
    security:
      protocol: {{ .securityProtocol }}
    {{- if .existingSecret }}
    properties:
      sasl.mechanism: {{ .saslMechanism }}
      sasl.jaas.config: ${PRISM_KAFKA_JAAS}
    {{- end }}
{{- end }}
{{- end }}
{{- end }}

{{- define "prism-service.properties.nats" -}}
prism:
  pubsub:
    nats:
      servers:
        {{- toYaml .values.nats.servers | nindent 8 }}
{{- end }}

{{- define "prism-service.properties.clickhouse" -}}
prism:
  timeseries:
    clickhouse:
      endpoint: {{ .values.clickhouse.url | quote }}
      database: {{ .values.clickhouse.database | quote }}
{{- end }}

{{- define "prism-service.properties.s3" -}}
{{- $s3 := .values.s3 -}}
prism:
  objectstore:
    s3:
      bucket: {{ $s3.bucket | quote }}
      region: {{ $s3.region | quote }}
      path-style: {{ $s3.pathStyle }}
      {{- with $s3.endpoint }}
      endpoint: {{ . | quote }}
      {{- end }}
      {{- with $s3.publicEndpoint }}
      public-endpoint: {{ . | quote }}
      {{- end }}
{{- end }}
