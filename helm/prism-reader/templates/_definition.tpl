{{- define "prism-reader.definition" -}}
component: reader
grpc:
  - prism.reader.v1.ReaderService
stores:
  - database
  - redis
optional:
  - redis
secrets:
  cursors:
    variable: PRISM_READER_CURSOR_KEY
    required: 32 characters or more
{{- end }}
