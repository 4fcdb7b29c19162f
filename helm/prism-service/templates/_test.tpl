{{/* helm test: asks the service through its own Service, and with an API key makes a session and closes it. */}}
{{- define "prism-service.test" -}}
apiVersion: v1
kind: Pod
metadata:
  name: {{ include "prism-service.fullname" . }}-test
  namespace: {{ .root.Release.Namespace }}
  labels:
    app.kubernetes.io/name: prism-{{ .service.component }}-test
    app.kubernetes.io/instance: {{ .root.Release.Name }}
    {{- include "prism-service.commonLabels" . | nindent 4 }}
  annotations:
    helm.sh/hook: test
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
spec:
  restartPolicy: Never
  automountServiceAccountToken: false
  enableServiceLinks: false
  securityContext:
    {{- include "prism-service.podSecurity" . | nindent 4 }}
  {{- with .values.imagePullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  containers:
    - name: test
      image: {{ include "prism-service.image" . }}
      imagePullPolicy: {{ .values.image.pullPolicy }}
      securityContext:
        {{- include "prism-service.containerSecurity" . | nindent 8 }}
      command:
        - java
        - -cp
        - /app/classpath/*:/app/libs/*
        - io.prism.starter.probe.ServiceProbe
        - --target={{ include "prism-service.fullname" . }}:8980
        - --session={{ include "prism-service.sessionHost" . }}:8980
        {{- range .service.grpc }}
        - {{ . }}
        {{- end }}
      env:
        {{- if .values.tls.enabled }}
        - name: PRISM_TLS_CA
          value: /etc/prism/tls/ca.crt
        {{- end }}
        {{- with .values.test.existingSecret }}
        {{- include "prism-service.secret" (list "PRISM_API_KEY" . $.values.test.key) | nindent 8 }}
        {{- end }}
        - name: JAVA_TOOL_OPTIONS
          value: -XX:TieredStopAtLevel=1
      resources:
        requests:
          cpu: 100m
          memory: 128Mi
        limits:
          memory: 256Mi
      volumeMounts:
        - name: tmp
          mountPath: /tmp
        {{- if .values.tls.enabled }}
        - name: tls
          mountPath: /etc/prism/tls
          readOnly: true
        {{- end }}
  volumes:
    - name: tmp
      emptyDir:
        sizeLimit: 16Mi
    {{- if .values.tls.enabled }}
    - name: tls
      secret:
        secretName: {{ include "prism-service.tlsSecret" . }}
        items:
          - key: ca.crt
            path: ca.crt
    {{- end }}
{{- end }}
