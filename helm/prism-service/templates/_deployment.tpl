{{- define "prism-service.serviceaccount" -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ include "prism-service.fullname" . }}
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- include "prism-service.labels" . | nindent 4 }}
  {{- with .values.serviceAccount.annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
automountServiceAccountToken: false
{{- end }}

{{- define "prism-service.deployment" -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "prism-service.fullname" . }}
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- include "prism-service.labels" . | nindent 4 }}
spec:
  {{- if not .values.autoscaling.enabled }}
  replicas: {{ .values.replicas }}
  {{- end }}
  revisionHistoryLimit: 5
  strategy:
    type: RollingUpdate
    rollingUpdate:
      maxUnavailable: 0
      maxSurge: 1
  selector:
    matchLabels:
      {{- include "prism-service.selector" . | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "prism-service.labels" . | nindent 8 }}
        {{- with .values.podLabels }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      annotations:
        # A pod reads its configuration once, so a change of it makes new pods.
        prism.io/configuration: {{ include "prism-service.configuration" . | sha256sum }}
        {{- with .values.podAnnotations }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
    spec:
      serviceAccountName: {{ include "prism-service.fullname" . }}
      automountServiceAccountToken: false
      enableServiceLinks: false
      # Time for endpoints to go, for calls and streams to end, and for the store's last writes.
      terminationGracePeriodSeconds: {{ add .values.shutdown.preStopSeconds .values.shutdown.drainSeconds 40 }}
      securityContext:
        {{- include "prism-service.podSecurity" . | nindent 8 }}
      {{- with .values.imagePullSecrets }}
      imagePullSecrets:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with .values.priorityClassName }}
      priorityClassName: {{ . }}
      {{- end }}
      {{- with .values.nodeSelector }}
      nodeSelector:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with .values.tolerations }}
      tolerations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with .values.affinity }}
      affinity:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- if .values.topologySpread.enabled }}
      topologySpreadConstraints:
        {{- range list "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
        - maxSkew: 1
          topologyKey: {{ . }}
          whenUnsatisfiable: {{ $.values.topologySpread.whenUnsatisfiable }}
          labelSelector:
            matchLabels:
              {{- include "prism-service.selector" $ | nindent 14 }}
          matchLabelKeys:
            - pod-template-hash
        {{- end }}
      {{- end }}
      containers:
        - name: {{ .service.component }}
          image: {{ include "prism-service.image" . }}
          imagePullPolicy: {{ .values.image.pullPolicy }}
          securityContext:
            {{- include "prism-service.containerSecurity" . | nindent 12 }}
          env:
            {{- include "prism-service.environment" . | nindent 12 }}
          ports:
            - name: grpc
              containerPort: 8980
            - name: management
              containerPort: 8981
          startupProbe:
            {{- include "prism-service.probe" (list . "liveness") | nindent 12 }}
            periodSeconds: 2
            failureThreshold: {{ div .values.startupSeconds 2 }}
          livenessProbe:
            {{- include "prism-service.probe" (list . "liveness") | nindent 12 }}
            periodSeconds: 10
            failureThreshold: 6
          readinessProbe:
            {{- include "prism-service.probe" (list . "readiness") | nindent 12 }}
            periodSeconds: 3
            failureThreshold: 2
          {{- if .values.shutdown.preStopSeconds }}
          lifecycle:
            preStop:
              # The image has no shell; this needs none.
              sleep:
                seconds: {{ .values.shutdown.preStopSeconds }}
          {{- end }}
          resources:
            {{- toYaml .values.resources | nindent 12 }}
          volumeMounts:
            {{- include "prism-service.volumeMounts" . | nindent 12 }}
      volumes:
        {{- include "prism-service.volumes" (dict "context" . "configMap" (include "prism-service.fullname" .)) | nindent 8 }}
{{- end }}

{{/* A probe of the management port: Kubernetes cannot probe gRPC over TLS. */}}
{{- define "prism-service.probe" -}}
httpGet:
  path: /actuator/health/{{ index . 1 }}
  port: management
  scheme: {{ include "prism-service.httpScheme" (index . 0) | upper }}
timeoutSeconds: 2
{{- end }}
