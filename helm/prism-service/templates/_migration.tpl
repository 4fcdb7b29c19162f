{{/*
Tables are made and changed by one job before the pods of a release, not by each pod. It is a hook, so what it needs
has to be one, too: nothing else of the release is there yet.
*/}}
{{- define "prism-service.migration" -}}
{{- if and .service.migrates .values.migrations.enabled -}}
{{- $name := printf "%s-migration" (include "prism-service.fullname" .) -}}
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ $name }}
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- include "prism-service.migrationLabels" . | nindent 4 }}
  annotations:
    {{- include "prism-service.migrationHook" "-10" | nindent 4 }}
data:
  {{- include "prism-service.configuration" . | nindent 2 }}
{{- if .values.networkPolicy.enabled }}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {{ $name }}
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- include "prism-service.migrationLabels" . | nindent 4 }}
  annotations:
    {{- include "prism-service.migrationHook" "-10" | nindent 4 }}
spec:
  podSelector:
    matchLabels:
      {{- include "prism-service.migrationSelector" . | nindent 6 }}
  policyTypes:
    - Ingress
    - Egress
  egress:
    {{- include "prism-service.egress" . | nindent 4 }}
{{- end }}
---
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ $name }}
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- include "prism-service.migrationLabels" . | nindent 4 }}
  annotations:
    {{- include "prism-service.migrationHook" "0" | nindent 4 }}
spec:
  backoffLimit: {{ .values.migrations.retries }}
  activeDeadlineSeconds: {{ .values.migrations.deadlineSeconds }}
  template:
    metadata:
      labels:
        {{- include "prism-service.migrationLabels" . | nindent 8 }}
    spec:
      restartPolicy: Never
      automountServiceAccountToken: false
      enableServiceLinks: false
      securityContext:
        {{- include "prism-service.podSecurity" . | nindent 8 }}
      {{- with .values.imagePullSecrets }}
      imagePullSecrets:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with .values.nodeSelector }}
      nodeSelector:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with .values.tolerations }}
      tolerations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      containers:
        - name: migration
          image: {{ include "prism-service.image" . }}
          imagePullPolicy: {{ .values.image.pullPolicy }}
          securityContext:
            {{- include "prism-service.containerSecurity" . | nindent 12 }}
          env:
            {{- include "prism-service.migrationEnvironment" . | nindent 12 }}
          resources:
            {{- toYaml .values.resources | nindent 12 }}
          volumeMounts:
            {{- include "prism-service.volumeMounts" . | nindent 12 }}
            {{- range $namespace, $configMap := .values.namespaceMigrations }}
            - name: namespace-{{ $namespace }}
              mountPath: /etc/prism/migrations/{{ $namespace }}
              readOnly: true
            {{- end }}
      volumes:
        {{- include "prism-service.volumes" (dict "context" . "configMap" $name) | nindent 8 }}
        {{- range $namespace, $configMap := .values.namespaceMigrations }}
        - name: namespace-{{ $namespace }}
          configMap:
            name: {{ $configMap }}
        {{- end }}
{{- end -}}
{{- end }}

{{/* No label that a Service or a policy of the service's pods selects. */}}
{{- define "prism-service.migrationSelector" -}}
app.kubernetes.io/name: prism-{{ .service.component }}-migration
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- end }}

{{- define "prism-service.migrationLabels" -}}
{{ include "prism-service.migrationSelector" . }}
{{ include "prism-service.commonLabels" . }}
{{- end }}

{{- define "prism-service.migrationHook" -}}
helm.sh/hook: pre-install,pre-upgrade
helm.sh/hook-weight: {{ . | quote }}
helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
{{- end }}

{{/* The service's own, with the right to change tables, and an end before anything is served. */}}
{{- define "prism-service.migrationEnvironment" -}}
{{- $values := deepCopy .values -}}
{{- with .values.migrations.existingSecret }}{{ $_ := set $values.database "existingSecret" . }}{{ end -}}
{{- $_ := set $values "jvmOptions" (printf "-Dspring.context.exit=onRefresh %s" .values.jvmOptions | trim) -}}
{{- include "prism-service.environment" (dict "root" .root "service" .service "values" $values) }}
- name: SPRING_FLYWAY_ENABLED
  value: "true"
{{- if .values.namespaceMigrations }}
- name: PRISM_TRANSACT_MIGRATIONS
  value: /etc/prism/migrations
- name: PRISM_TRANSACT_MIGRATIONSREQUIRED
  value: "true"
{{- end }}
{{- end }}
