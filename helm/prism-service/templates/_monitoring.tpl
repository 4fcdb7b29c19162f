{{- define "prism-service.monitoring" -}}
{{- $name := include "prism-service.fullname" . -}}
{{- $metrics := .values.metrics -}}
{{- if $metrics.serviceMonitor.enabled -}}
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata:
  name: {{ $name }}
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- include "prism-service.labels" . | nindent 4 }}
    {{- with $metrics.serviceMonitor.labels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  selector:
    matchLabels:
      {{- include "prism-service.selector" . | nindent 6 }}
      prism.io/service: virtual
  endpoints:
    - port: management
      path: /actuator/prometheus
      interval: {{ $metrics.serviceMonitor.interval }}
      {{- if .values.tls.enabled }}
      scheme: https
      tlsConfig:
        serverName: {{ $name }}
        ca:
          secret:
            name: {{ include "prism-service.tlsSecret" . }}
            key: ca.crt
      {{- end }}
{{- end }}
{{- if $metrics.rules.enabled }}
---
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: {{ $name }}
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- include "prism-service.labels" . | nindent 4 }}
    {{- with $metrics.rules.labels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  groups:
    - name: {{ $name }}
      rules:
        {{- include "prism-service.rules" . | nindent 8 }}
{{- end }}
{{- if $metrics.dashboards.enabled }}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ $name }}-dashboard
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- include "prism-service.labels" . | nindent 4 }}
    {{- with $metrics.dashboards.labels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
data:
  prism-{{ .service.component }}.json: |
    {{- .root.Files.Get "files/dashboard.json" | nindent 4 }}
{{- end }}
{{- end }}

{{/* The alerts of all services and of this one. They are no templates, so that promtool reads them as they stand. */}}
{{- define "prism-service.rules" -}}
{{- $selector := printf "namespace=%q,job=%q" .root.Release.Namespace (include "prism-service.fullname" .) -}}
{{- printf "%s\n%s" (include "prism-service.alerts" .) (.root.Files.Get "files/alerts.yaml") | replace "$selector" $selector | replace "$runbook" .values.metrics.rules.runbook | trim -}}
{{- end }}
