{{/* Alerts that hold for every service. */}}
{{- define "prism-service.alerts" -}}
{{- `` -}}
{{- end }}
