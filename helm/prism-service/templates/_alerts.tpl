{{- /*
The alerts that all services have in common: a list of Prometheus rules. Its text is raw, so that what Prometheus is to
fill in stays as it is. Whoever includes it puts the matchers of namespace and job where $selector stands, and the page
that the anchors are on where $runbook stands.
*/ -}}
{{- define "prism-service.alerts" -}}
{{`- alert: PrismServiceDown
  expr: absent(up{$selector}) or max by (namespace, job) (up{$selector}) == 0
  for: 2m
  labels:
    severity: critical
  annotations:
    summary: No instance of {{ $labels.job }} can be reached
    description: Prometheus knows of no instance of {{ $labels.job }} in {{ $labels.namespace }} whose metrics it can read. Calls to it fail.
    runbook_url: $runbook#prismservicedown
- alert: PrismInstanceDown
  expr: up{$selector} == 0
  for: 5m
  labels:
    severity: warning
  annotations:
    summary: An instance of {{ $labels.job }} cannot be reached
    description: Prometheus has not been able to read the metrics of {{ $labels.pod }} ({{ $labels.instance }}) for five minutes.
    runbook_url: $runbook#prisminstancedown
- alert: PrismInstanceRestarts
  expr: max by (namespace, job, pod) (changes(process_start_time_seconds{$selector}[30m])) > 2
  labels:
    severity: warning
  annotations:
    summary: An instance of {{ $labels.job }} starts over and over
    description: '{{ $labels.pod }} has started {{ $value }} times anew within half an hour.'
    runbook_url: $runbook#prisminstancerestarts
- alert: PrismCallsFailing
  expr: >-
    sum by (namespace, job) (rate(prism_calls_failed_total{$selector,grpc_status_code=~"INTERNAL|UNKNOWN|UNAVAILABLE|DATA_LOSS",reason!="DRAINING"}[5m]))
    / sum by (namespace, job) (rate(grpc_server_seconds_count{$selector}[5m])) > 0.05
  for: 5m
  labels:
    severity: critical
  annotations:
    summary: '{{ $labels.job }} fails {{ $value | humanizePercentage }} of its calls'
    description: Of the calls to {{ $labels.job }} in {{ $labels.namespace }}, {{ $value | humanizePercentage }} fail for reasons that are not their clients'.
    runbook_url: $runbook#prismcallsfailing
- alert: PrismInternalErrors
  expr: sum by (namespace, job, rpc_service) (rate(prism_calls_failed_total{$selector,grpc_status_code=~"INTERNAL|UNKNOWN|DATA_LOSS"}[10m])) > 0
  for: 5m
  labels:
    severity: warning
  annotations:
    summary: '{{ $labels.job }} answers INTERNAL'
    description: Calls of {{ $labels.rpc_service }} fail by a fault of Prism. Each is in the log with its request id and stack trace.
    runbook_url: $runbook#prisminternalerrors
- alert: PrismCallsShed
  expr: sum by (namespace, job, rpc_service) (rate(prism_calls_failed_total{$selector,reason="OVERLOADED"}[5m])) > 0
  for: 5m
  labels:
    severity: warning
  annotations:
    summary: '{{ $labels.job }} refuses calls because it has too much to do'
    description: '{{ $labels.rpc_service }} answers {{ $value | humanize }} calls a second with UNAVAILABLE OVERLOADED.'
    runbook_url: $runbook#prismcallsshed
- alert: PrismCallsSlow
  expr: >-
    sum by (namespace, job, rpc_service, rpc_method) (rate(grpc_server_seconds_sum{$selector,rpc_type="UNARY",grpc_status_code="OK"}[5m]))
    / sum by (namespace, job, rpc_service, rpc_method) (rate(grpc_server_seconds_count{$selector,rpc_type="UNARY",grpc_status_code="OK"}[5m])) > 1
  for: 10m
  labels:
    severity: warning
  annotations:
    summary: '{{ $labels.rpc_method }} of {{ $labels.job }} takes {{ $value | humanizeDuration }}'
    description: Successful calls of {{ $labels.rpc_service }}/{{ $labels.rpc_method }} take {{ $value | humanizeDuration }} on average.
    runbook_url: $runbook#prismcallsslow
- alert: PrismStoreDown
  expr: prism_backend_up{$selector,backend!="sessions"} == 0
  for: 1m
  labels:
    severity: critical
  annotations:
    summary: '{{ $labels.job }} does not reach its store'
    description: '{{ $labels.backend }} does not answer {{ $labels.pod }}, which takes no calls until it does.'
    runbook_url: $runbook#prismstoredown
- alert: PrismCircuitOpen
  expr: sum by (namespace, job, pod, name) (rate(resilience4j_circuitbreaker_not_permitted_calls_total{$selector}[2m])) > 0
  for: 3m
  labels:
    severity: warning
  annotations:
    summary: Most calls of {{ $labels.job }} to {{ $labels.name }} fail
    description: At least half of the last calls of {{ $labels.pod }} to {{ $labels.name }} failed by an outage. {{ $value | humanize }} calls a second are refused at once.
    runbook_url: $runbook#prismcircuitopen
- alert: PrismPoolExhausted
  expr: hikaricp_connections_pending{$selector} > 0
  for: 2m
  labels:
    severity: warning
  annotations:
    summary: Calls of {{ $labels.job }} wait for connections with PostgreSQL
    description: '{{ $value }} calls of {{ $labels.pod }} wait for a connection of the pool {{ $labels.pool }}, and have for two minutes.'
    runbook_url: $runbook#prismpoolexhausted
- alert: PrismSessionFeedDown
  expr: prism_sessions_staleness_seconds{$selector} > 30
  for: 1m
  labels:
    severity: warning
  annotations:
    summary: '{{ $labels.job }} hears nothing of sessions'
    description: '{{ $labels.pod }} has not heard of sessions for {{ $value | humanizeDuration }}. Sessions that were closed meanwhile still work there.'
    runbook_url: $runbook#prismsessionfeeddown
- alert: PrismSessionsUnknown
  expr: prism_backend_up{$selector,backend="sessions"} == 0
  for: 1m
  labels:
    severity: critical
  annotations:
    summary: '{{ $labels.job }} refuses all calls, since it does not know which sessions are closed'
    description: '{{ $labels.pod }} has not heard of sessions for longer than prism.session.feed.max-staleness, and answers SESSION_STATE_UNAVAILABLE.'
    runbook_url: $runbook#prismsessionsunknown
- alert: PrismHeapFull
  expr: jvm_memory_usage_after_gc{$selector,area="heap"} > 0.9
  for: 10m
  labels:
    severity: warning
  annotations:
    summary: The heap of {{ $labels.job }} is nearly full
    description: After garbage collections {{ $value | humanizePercentage }} of the heap of {{ $labels.pod }} are in use. It ends when it runs out of memory.
    runbook_url: $runbook#prismheapfull
- alert: PrismGarbageCollections
  expr: jvm_gc_overhead{$selector} > 0.2
  for: 10m
  labels:
    severity: warning
  annotations:
    summary: '{{ $labels.job }} is busy with garbage collections'
    description: '{{ $labels.pod }} spends {{ $value | humanizePercentage }} of its time on garbage collections.'
    runbook_url: $runbook#prismgarbagecollections
`}}
{{- end }}
