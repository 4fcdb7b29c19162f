{{/* What comes from Secrets, as variables of the environment. */}}
{{- define "prism-service.environment" -}}
- name: SPRING_CONFIG_ADDITIONALLOCATION
  value: file:/etc/prism/config/
{{ include "prism-service.secret" (list "PRISM_INTERNAL_TOKEN" .values.internalToken.existingSecret .values.internalToken.key) }}
{{- range .service.stores }}
{{- include (printf "prism-service.environment.%s" .) $ }}
{{- end }}
{{- range $block, $secret := .service.secrets }}
{{- with get $.values $block }}
{{- if .existingSecret }}
{{- if $secret.folder }}
- name: {{ $secret.variable }}
  value: {{ $secret.folder }}/{{ .key }}
{{- else }}
{{ include "prism-service.secret" (list $secret.variable .existingSecret .key) }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- with .values.jvmOptions }}
- name: JAVA_TOOL_OPTIONS
  value: {{ . | quote }}
{{- end }}
{{- with .values.env }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* A variable with the value of a Secret's key; takes a list: its name, the Secret, the key. */}}
{{- define "prism-service.secret" -}}
- name: {{ index . 0 }}
  valueFrom:
    secretKeyRef:
      name: {{ index . 1 }}
      key: {{ index . 2 }}
{{- end }}

{{- define "prism-service.environment.database" }}
{{ include "prism-service.secret" (list "SPRING_DATASOURCE_USERNAME" .values.database.existingSecret .values.database.usernameKey) }}
{{ include "prism-service.secret" (list "SPRING_DATASOURCE_PASSWORD" .values.database.existingSecret .values.database.passwordKey) }}
{{- end }}

{{- define "prism-service.environment.redis" }}
{{- with .values.redis }}
{{- if and .host .existingSecret }}
{{ include "prism-service.secret" (list "SPRING_DATA_REDIS_PASSWORD" .existingSecret .passwordKey) }}
{{- end }}
{{- end }}
{{- end }}

{{- define "prism-service.environment.kafka" }}
{{- with .values.kafka }}
{{- if and .bootstrapServers .existingSecret }}
{{ include "prism-service.secret" (list "PRISM_KAFKA_JAAS" .existingSecret .jaasKey) }}
{{- end }}
{{- end }}
{{- end }}

{{- define "prism-service.environment.nats" }}
{{- with .values.nats }}
{{- if .existingSecret }}
{{ include "prism-service.secret" (list "PRISM_PUBSUB_NATS_USERNAME" .existingSecret .usernameKey) }}
{{ include "prism-service.secret" (list "PRISM_PUBSUB_NATS_PASSWORD" .existingSecret .passwordKey) }}
{{- end }}
{{- end }}
{{- end }}

{{- define "prism-service.environment.clickhouse" }}
{{- with .values.clickhouse }}
{{- if .existingSecret }}
{{ include "prism-service.secret" (list "PRISM_CLICKHOUSE_USER" .existingSecret .usernameKey) }}
{{ include "prism-service.secret" (list "PRISM_CLICKHOUSE_PASSWORD" .existingSecret .passwordKey) }}
{{- end }}
{{- end }}
{{- end }}

{{- define "prism-service.environment.s3" }}
{{- with .values.s3 }}
{{- if .existingSecret }}
{{ include "prism-service.secret" (list "PRISM_OBJECTSTORE_S3_ACCESSKEY" .existingSecret .accessKeyKey) }}
{{ include "prism-service.secret" (list "PRISM_OBJECTSTORE_S3_SECRETKEY" .existingSecret .secretKeyKey) }}
{{- end }}
{{- end }}
{{- end }}
