{{- define "prism-session.definition" -}}
component: session
grpc:
  - prism.session.v1.SessionService
  - prism.config.v1.ConfigService
  - prism.admin.v1.AdminService
stores:
  - database
migrates: true
secrets:
  encryption:
    variable: PRISM_SESSION_ENCRYPTION_KEY
    required: 32 random bytes in base64, kept for good
  bootstrap:
    variable: PRISM_BOOTSTRAP_API_KEY
    required: the first admin key, keyid.secret with 24 characters of secret or more
  signingKeys:
    variable: PRISM_SESSION_SERVER_KEYS_FILE
    folder: /etc/prism/keys
{{- end }}
