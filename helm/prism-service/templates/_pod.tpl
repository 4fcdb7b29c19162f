{{/* Parts of pods that the service, its migration and its test have in common. */}}

{{- define "prism-service.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- define "prism-service.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop:
    - ALL
{{- end }}

{{/* Takes a dict: the context, and configMap: the name of the ConfigMap with the configuration file. */}}
{{- define "prism-service.volumes" -}}
- name: configuration
  configMap:
    name: {{ .configMap }}
- name: tmp
  emptyDir:
    sizeLimit: {{ .context.values.tmpSize }}
{{- if .context.values.tls.enabled }}
- name: tls
  secret:
    secretName: {{ include "prism-service.tlsSecret" .context }}
{{- end }}
{{- range $block, $secret := .context.service.secrets }}
{{- $named := get $.context.values $block }}
{{- if and $secret.folder $named.existingSecret }}
- name: {{ $block | kebabcase }}
  secret:
    secretName: {{ $named.existingSecret }}
    items:
      - key: {{ $named.key }}
        path: {{ $named.key }}
{{- end }}
{{- end }}
{{- with .context.values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "prism-service.volumeMounts" -}}
- name: configuration
  mountPath: /etc/prism/config
  readOnly: true
- name: tmp
  mountPath: /tmp
{{- if .values.tls.enabled }}
- name: tls
  mountPath: /etc/prism/tls
  readOnly: true
{{- end }}
{{- range $block, $secret := .service.secrets }}
{{- if and $secret.folder (get $.values $block).existingSecret }}
- name: {{ $block | kebabcase }}
  mountPath: {{ $secret.folder }}
  readOnly: true
{{- end }}
{{- end }}
{{- with .values.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end }}
