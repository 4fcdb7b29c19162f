{{- define "prism-timeseries.definition" -}}
component: timeseries
grpc:
  - prism.timeseries.v1.TimeSeriesService
stores:
  - clickhouse
{{- end }}
