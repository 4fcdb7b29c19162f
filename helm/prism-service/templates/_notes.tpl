{{/* What to know after an installation; takes what prism-service.all takes. */}}
{{- define "prism-service.notes" -}}
{{- $context := include "prism-service.context" . | fromYaml -}}
{{- $_ := set $context "root" .root -}}
{{- $name := include "prism-service.fullname" $context -}}
{{- $values := $context.values -}}
{{ $name }} serves {{ join ", " .service.grpc }} at {{ $name }}.{{ .root.Release.Namespace }}:8980.

Test it:

  helm test {{ .root.Release.Name }} --namespace {{ .root.Release.Namespace }}

{{- if not $values.tls.enabled }}

TLS IS OFF: session tokens and data cross the network as they are. Set tls.enabled unless a service mesh encrypts.
{{- end }}
{{- if not $values.networkPolicy.enabled }}

NETWORK POLICIES ARE OFF: every pod of the cluster reaches this service and what it reaches.
{{- else if $values.networkPolicy.clients }}

Pods of this namespace with the label prism.io/client: "true" may call it (networkPolicy.clients).
{{- end }}
{{- end }}
