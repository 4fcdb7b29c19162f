{{/* One host for all services: each attaches the rules for what it serves. */}}
{{- define "prism-service.route" -}}
{{- if .values.gateway.enabled -}}
apiVersion: gateway.networking.k8s.io/v1
kind: GRPCRoute
metadata:
  name: {{ include "prism-service.fullname" . }}
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- include "prism-service.labels" . | nindent 4 }}
spec:
  parentRefs:
    {{- toYaml .values.gateway.parentRefs | nindent 4 }}
  {{- with .values.gateway.hostnames }}
  hostnames:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  rules:
    - matches:
        {{- range .service.grpc }}
        - method:
            type: Exact
            service: {{ . }}
        {{- end }}
      backendRefs:
        - name: {{ include "prism-service.fullname" . }}
          port: 8980
{{- if .values.tls.enabled }}
---
apiVersion: gateway.networking.k8s.io/v1
kind: BackendTLSPolicy
metadata:
  name: {{ include "prism-service.fullname" . }}
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- include "prism-service.labels" . | nindent 4 }}
spec:
  targetRefs:
    - group: ""
      kind: Service
      name: {{ include "prism-service.fullname" . }}
      sectionName: grpc
  validation:
    hostname: {{ include "prism-service.fullname" . }}
    caCertificateRefs:
      - group: ""
        kind: ConfigMap
        name: {{ required "gateway.caConfigMap is missing: with TLS the Gateway has to know the authority, from a ConfigMap with ca.crt" .values.gateway.caConfigMap }}
{{- end }}
{{- end -}}
{{- end }}
