{{/*
Everything of one service. Takes a dict:
  root     the service's own context (.)
  service  what the service is, which no user changes (prism-<component>.definition):
    component  its name without "prism-"
    grpc       the gRPC services that it serves
    stores     the blocks of values that name its stores: database, redis, kafka, nats, clickhouse, s3
    optional   those of them that it works without
    peers      whether its replicas call each other
    migrates   whether it has tables of its own
    secrets    blocks of values that name a Secret (existingSecret, key), each with
      variable   of the environment, that the secret goes into
      folder     or that it is mounted at; then the variable has the file's name
      required   what the secret has to hold, when the service does not start without
The other templates of this chart take the same dict, and in it "values": the settings that hold for this service.
*/}}
{{- define "prism-service.all" -}}
{{- $context := include "prism-service.context" . | fromYaml -}}
{{- $_ := set $context "root" .root -}}
{{- include "prism-service.check" $context -}}
{{- range list "serviceaccount" "configmap" "service" "deployment" "autoscaler" "disruption" "networkpolicy" "certificate" "route" "migration" "monitoring" "test" }}
---
{{ include (printf "prism-service.%s" .) $context }}
{{- end }}
{{- end }}

{{- define "prism-service.context" -}}
{{- $optional := dict "optional" list "secrets" dict "peers" false "migrates" false -}}
{{- $service := merge .service $optional -}}
{{- toYaml (dict "service" $service "values" (include "prism-service.settings" (dict "root" .root "service" $service) | fromYaml)) -}}
{{- end }}

{{/* What holds for this service: its own values, else those of global.prism, else the defaults. */}}
{{- define "prism-service.settings" -}}
{{- $global := dig "prism" dict (.root.Values.global | default dict) -}}
{{- $shared := include "prism-service.merge" (list (include "prism-service.defaults" . | fromYaml) $global) | fromYaml -}}
{{- include "prism-service.merge" (list $shared (omit .root.Values "global" "prism-service" "enabled")) -}}
{{- end }}

{{/* Two maps, of which the second wins, with false, 0 and "" as well; null is no value. */}}
{{- define "prism-service.merge" -}}
{{- $result := deepCopy (index . 0) -}}
{{- range $key, $value := index . 1 -}}
  {{- if and (kindIs "map" $value) (kindIs "map" (get $result $key)) -}}
    {{- $_ := set $result $key (include "prism-service.merge" (list (get $result $key) $value) | fromYaml) -}}
  {{- else if not (kindIs "invalid" $value) -}}
    {{- $_ := set $result $key $value -}}
  {{- end -}}
{{- end -}}
{{- toYaml $result -}}
{{- end }}
