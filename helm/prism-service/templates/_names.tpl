{{/* The suite that the service belongs to: the release, without the service's own name at its end. */}}
{{- define "prism-service.suite" -}}
{{- $release := .root.Release.Name -}}
{{- if .values.suite -}}
  {{- .values.suite -}}
{{- else if eq $release .service.component -}}
  prism
{{- else -}}
  {{- trimSuffix (printf "-%s" .service.component) $release | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end }}

{{/* The name of everything of this service. The same in a release of its own and in one of the whole suite. */}}
{{- define "prism-service.fullname" -}}
{{- include "prism-service.suite" . }}-{{ .service.component -}}
{{- end }}

{{- define "prism-service.selector" -}}
app.kubernetes.io/name: prism-{{ .service.component }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- end }}

{{- define "prism-service.labels" -}}
{{ include "prism-service.selector" . }}
{{ include "prism-service.commonLabels" . }}
{{- end }}

{{- define "prism-service.commonLabels" -}}
app.kubernetes.io/component: {{ .service.component }}
app.kubernetes.io/part-of: prism
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "prism-%s-%s" .service.component .root.Chart.Version }}
{{- end }}

{{- define "prism-service.image" -}}
{{- $image := .values.image -}}
{{- $name := printf "%s/%s" $image.registry $image.repository -}}
{{- if $image.digest -}}
  {{- printf "%s@%s" $name $image.digest -}}
{{- else -}}
  {{- printf "%s:%s" $name ($image.tag | default .root.Chart.AppVersion) -}}
{{- end -}}
{{- end }}

{{/* The host of session-svc. */}}
{{- define "prism-service.sessionHost" -}}
{{- .values.session.host | default (printf "%s-session" (include "prism-service.suite" .)) -}}
{{- end }}

{{/* The Secret with this service's certificate. */}}
{{- define "prism-service.tlsSecret" -}}
{{- .values.tls.existingSecret | default (printf "%s-tls" (include "prism-service.fullname" .)) -}}
{{- end }}

{{- define "prism-service.httpScheme" -}}
{{- ternary "https" "http" .values.tls.enabled -}}
{{- end }}
