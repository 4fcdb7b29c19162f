{{/* Says what is missing, and how to give it, before anything is installed. */}}
{{- define "prism-service.check" -}}
{{- $component := .service.component -}}
{{- $values := .values -}}
{{- if not $values.internalToken.existingSecret -}}
  {{- fail (printf "prism-%s: internalToken.existingSecret is missing: the name of a Secret whose key \"%s\" holds 32 characters or more, the same for all services (global.prism.internalToken.existingSecret gives it to all)" $component $values.internalToken.key) -}}
{{- end -}}
{{- if and $values.tls.enabled (not $values.tls.existingSecret) (not $values.tls.certManager.enabled) -}}
  {{- fail (printf "prism-%s: tls.enabled needs tls.existingSecret, the name of a Secret of type kubernetes.io/tls with ca.crt, or tls.certManager.enabled" $component) -}}
{{- end -}}
{{- if and $values.tls.enabled $values.tls.certManager.enabled (not $values.tls.certManager.issuerRef.name) -}}
  {{- fail (printf "prism-%s: tls.certManager.issuerRef.name is missing: the issuer that signs the certificate" $component) -}}
{{- end -}}
{{- if and $values.gateway.enabled (empty $values.gateway.parentRefs) -}}
  {{- fail (printf "prism-%s: gateway.parentRefs is missing: the Gateway that the route is attached to" $component) -}}
{{- end -}}
{{- if gt (int $values.autoscaling.minReplicas) (int $values.autoscaling.maxReplicas) -}}
  {{- fail (printf "prism-%s: autoscaling.minReplicas is more than autoscaling.maxReplicas" $component) -}}
{{- end -}}
{{- range $store := .service.stores -}}
  {{- $block := get $values $store -}}
  {{- $key := get (dict "database" "host" "redis" "host" "kafka" "bootstrapServers" "nats" "servers" "clickhouse" "url" "s3" "bucket") $store -}}
  {{- if and (empty (get $block $key)) (not (has $store $.service.optional)) -}}
    {{- fail (printf "prism-%s: %s.%s is missing: the chart brings no store, so it has to name one" $component $store $key) -}}
  {{- end -}}
  {{- if and (eq $store "database") (not $block.existingSecret) -}}
    {{- fail (printf "prism-%s: database.existingSecret is missing: the name of a Secret with the keys \"%s\" and \"%s\"" $component $block.usernameKey $block.passwordKey) -}}
  {{- end -}}
{{- end -}}
{{- range $block, $secret := .service.secrets -}}
  {{- $named := get $values $block -}}
  {{- if and $secret.required (not $named.existingSecret) -}}
    {{- fail (printf "prism-%s: %s.existingSecret is missing: the name of a Secret whose key \"%s\" holds %s" $component $block $named.key $secret.required) -}}
  {{- end -}}
{{- end -}}
{{- end }}
