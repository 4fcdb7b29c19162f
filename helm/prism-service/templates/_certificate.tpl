{{- define "prism-service.certificate" -}}
{{- if and .values.tls.enabled .values.tls.certManager.enabled (not .values.tls.existingSecret) -}}
{{- $name := include "prism-service.fullname" . -}}
{{- $namespace := .root.Release.Namespace -}}
apiVersion: cert-manager.io/v1
kind: Certificate
metadata:
  name: {{ $name }}
  namespace: {{ $namespace }}
  labels:
    {{- include "prism-service.labels" . | nindent 4 }}
spec:
  secretName: {{ include "prism-service.tlsSecret" . }}
  duration: {{ .values.tls.certManager.duration }}
  renewBefore: {{ .values.tls.certManager.renewBefore }}
  privateKey:
    algorithm: ECDSA
    size: 256
    rotationPolicy: Always
  usages:
    - digital signature
    - server auth
    - client auth
  dnsNames:
    {{- range list "" "-headless" "-peers" }}
    {{- if or (ne . "-peers") $.service.peers }}
    - {{ $name }}{{ . }}
    - {{ $name }}{{ . }}.{{ $namespace }}
    - {{ $name }}{{ . }}.{{ $namespace }}.svc
    - {{ $name }}{{ . }}.{{ $namespace }}.svc.cluster.local
    {{- end }}
    {{- end }}
    {{- with .values.gateway.hostnames }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  issuerRef:
    name: {{ .values.tls.certManager.issuerRef.name }}
    kind: {{ .values.tls.certManager.issuerRef.kind }}
    group: cert-manager.io
{{- end -}}
{{- end }}
