package io.prism.vector.domain;

import io.prism.starter.error.PrismException;
import org.jspecify.annotations.Nullable;

/**
 * An index as a session knows it. What it does not say is as the index was made.
 *
 * @param namespace of the session; has letters, digits and hyphens only
 * @param name of the index in the namespace; has letters, digits and hyphens only
 * @param dimensions 0: those of the first vector
 * @param metric null: that of the index; COSINE when this session makes it
 * @param links HNSW's M; counts when the index is made
 * @param efConstruction candidates that are looked at while indexing
 * @param efSearch candidates that are looked at while searching
 */
public record IndexSpec(
    String namespace,
    String name,
    int dimensions,
    @Nullable Metric metric,
    int links,
    int efConstruction,
    int efSearch) {

  /** The metric of an index that this session makes. */
  public Metric metricToMake() {
    Metric wanted = metric;
    return wanted == null ? Metric.COSINE : wanted;
  }

  /**
   * Checks that the index is what the session takes it for.
   *
   * @throws PrismException METRIC_MISMATCH
   */
  public void requireMetric(Metric found) {
    Metric wanted = metric;
    if (wanted != null && wanted != found) {
      throw PrismException.because(
              VectorReason.METRIC_MISMATCH,
              "the index %s has metric %s, and the session is configured for %s"
                  .formatted(name, found, wanted))
          .with("index", name)
          .with("metric", found.name())
          .build();
    }
  }
}
