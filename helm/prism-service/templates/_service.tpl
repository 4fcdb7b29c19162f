{{- define "prism-service.service" -}}
{{ include "prism-service.ports" (dict "context" . "suffix" "" "kind" "virtual") }}
---
{{ include "prism-service.ports" (dict "context" . "suffix" "-headless" "kind" "headless") }}
{{- if .service.peers }}
---
{{ include "prism-service.ports" (dict "context" . "suffix" "-peers" "kind" "peers") }}
{{- end }}
{{- end }}

{{/* One Service: the virtual address, the headless twin for clients that balance by themselves, or what replicas find each other by. */}}
{{- define "prism-service.ports" -}}
{{- $context := .context -}}
apiVersion: v1
kind: Service
metadata:
  name: {{ include "prism-service.fullname" $context }}{{ .suffix }}
  namespace: {{ $context.root.Release.Namespace }}
  labels:
    {{- include "prism-service.labels" $context | nindent 4 }}
    prism.io/service: {{ .kind }}
spec:
  type: ClusterIP
  {{- if ne .kind "virtual" }}
  clusterIP: None
  {{- end }}
  {{- if eq .kind "peers" }}
  # A replica that starts or drains holds streams, and is asked for them.
  publishNotReadyAddresses: true
  {{- end }}
  selector:
    {{- include "prism-service.selector" $context | nindent 4 }}
  ports:
    - name: grpc
      port: 8980
      targetPort: grpc
      appProtocol: {{ ternary "https" "kubernetes.io/h2c" $context.values.tls.enabled }}
    {{- if eq .kind "virtual" }}
    - name: management
      port: 8981
      targetPort: management
      appProtocol: {{ include "prism-service.httpScheme" $context }}
    {{- end }}
{{- end }}
