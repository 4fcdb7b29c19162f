package io.prism.bench.report;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * The figures of one scenario, medians over its rounds; null where a thing does not apply.
 *
 * @param scenario its name
 * @param unit what {@code prism} and {@code direct} count
 * @param prism through Prism
 * @param direct with the store's own client
 * @param ratio {@code prism} by {@code direct}
 * @param p50Ms median latency through Prism, in milliseconds; likewise the next three
 * @param serviceCpuUs CPU time of the service per item of {@code unit}, in microseconds
 * @param serviceHeapMb heap of the service that is in use after a full collection at the end
 * @param rounds how many rounds of each side
 * @param commit the commit that was measured; with {@code -dirty} when there were changes on top
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
@JsonPropertyOrder({
  "scenario",
  "unit",
  "prism",
  "direct",
  "ratio",
  "p50_ms",
  "p99_ms",
  "direct_p50_ms",
  "direct_p99_ms",
  "service_cpu_us",
  "service_heap_mb",
  "rounds",
  "commit"
})
public record Row(
    String scenario,
    String unit,
    @Nullable Double prism,
    @Nullable Double direct,
    @Nullable Double ratio,
    @Nullable Double p50Ms,
    @Nullable Double p99Ms,
    @Nullable Double directP50Ms,
    @Nullable Double directP99Ms,
    @Nullable Double serviceCpuUs,
    @Nullable Double serviceHeapMb,
    int rounds,
    @Nullable String commit) {}
