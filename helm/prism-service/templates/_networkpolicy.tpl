{{- define "prism-service.networkpolicy" -}}
{{- if .values.networkPolicy.enabled -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {{ include "prism-service.fullname" . }}
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- include "prism-service.labels" . | nindent 4 }}
spec:
  podSelector:
    matchLabels:
      {{- include "prism-service.selector" . | nindent 6 }}
  policyTypes:
    - Ingress
    - Egress
  ingress:
    # Clients.
    {{- with .values.networkPolicy.clients }}
    - from:
        {{- toYaml . | nindent 8 }}
      ports:
        - port: grpc
    {{- end }}
    # helm test.
    - from:
        - podSelector:
            matchLabels:
              app.kubernetes.io/name: prism-{{ .service.component }}-test
      ports:
        - port: grpc
    {{- if eq .service.component "session" }}
    # The other services: the feed of sessions, and the keys.
    - from:
        - podSelector:
            matchLabels:
              app.kubernetes.io/part-of: prism
      ports:
        - port: grpc
        - port: management
    {{- end }}
    {{- if .service.peers }}
    # The other replicas.
    - from:
        - podSelector:
            matchLabels:
              {{- include "prism-service.selector" . | nindent 14 }}
      ports:
        - port: grpc
    {{- end }}
    {{- with .values.networkPolicy.monitoring }}
    # Metrics.
    - from:
        {{- toYaml . | nindent 8 }}
      ports:
        - port: management
    {{- end }}
  egress:
    {{- include "prism-service.egress" . | nindent 4 }}
    {{- if ne .service.component "session" }}
    # The feed of sessions, and the keys.
    - to:
        - podSelector:
            matchLabels:
              app.kubernetes.io/name: prism-session
      ports:
        - port: 8980
        - port: 8981
    {{- end }}
    {{- if .service.peers }}
    # The other replicas.
    - to:
        - podSelector:
            matchLabels:
              {{- include "prism-service.selector" . | nindent 14 }}
      ports:
        - port: 8980
    {{- end }}
    {{- with .values.networkPolicy.egress }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end -}}
{{- end }}

{{/* Names and stores: what the service and its migration both need. */}}
{{- define "prism-service.egress" -}}
# Names.
- to:
    {{- toYaml .values.networkPolicy.dns | nindent 4 }}
  ports:
    - port: 53
      protocol: UDP
    - port: 53
      protocol: TCP
{{- $ports := include "prism-service.storePorts" . | fromYamlArray }}
{{- if $ports }}
# Stores: on their ports alone, and where networkPolicy.stores says so, at their addresses alone.
- ports:
    {{- range $ports }}
    - port: {{ . }}
    {{- end }}
  {{- with .values.networkPolicy.stores }}
  to:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}
{{- end }}

{{- define "prism-service.storePorts" -}}
{{- $ports := list -}}
{{- range .service.stores -}}
  {{- $block := get $.values . -}}
  {{- if or (eq . "database") (and (eq . "redis") $block.host) -}}
    {{- $ports = append $ports (int $block.port) -}}
  {{- else if eq . "kafka" -}}
    {{- range splitList "," $block.bootstrapServers -}}
      {{- with trim . -}}{{- $ports = append $ports (include "prism-service.portOf" (list . 9092) | int) -}}{{- end -}}
    {{- end -}}
    {{- range $block.brokerPorts -}}{{- $ports = append $ports (int .) -}}{{- end -}}
  {{- else if eq . "nats" -}}
    {{- range $block.servers -}}{{- $ports = append $ports (include "prism-service.portOf" (list . 4222) | int) -}}{{- end -}}
  {{- else if eq . "clickhouse" -}}
    {{- $ports = append $ports (include "prism-service.portOf" (list $block.url (ternary 8443 8123 (hasPrefix "https:" $block.url))) | int) -}}
  {{- else if eq . "s3" -}}
    {{- $ports = append $ports (include "prism-service.portOf" (list $block.endpoint (ternary 80 443 (hasPrefix "http:" $block.endpoint))) | int) -}}
  {{- end -}}
{{- end -}}
{{- toYaml (uniq $ports) -}}
{{- end }}

{{/* The port of an address, with or without a scheme; takes a list: the address, the port when it names none. */}}
{{- define "prism-service.portOf" -}}
{{- $port := regexFind ":[0-9]+(/|$)" (index . 0) | trimPrefix ":" | trimSuffix "/" -}}
{{- $port | default (index . 1 | toString) -}}
{{- end }}
