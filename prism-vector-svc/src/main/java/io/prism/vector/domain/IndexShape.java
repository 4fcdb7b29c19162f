package io.prism.vector.domain;

import org.jspecify.annotations.Nullable;

/**
 * What is fixed when an index is made.
 *
 * @param dimensions of every vector
 * @param links HNSW's M
 * @param maxLength longest vector that the index can take; infinite where the store does not care
 */
public record IndexShape(int dimensions, Metric metric, int links, double maxLength) {

  /**
   * The shape of an index that a session makes with a first vector.
   *
   * @param maxLength longest vector that the index can take
   */
  public static IndexShape first(IndexSpec index, float[] vector, double maxLength) {
    return new IndexShape(vector.length, index.metricToMake(), index.links(), maxLength);
  }

  /** What is wrong with a vector for this index; null: nothing. */
  public @Nullable VectorFault fault(String field, float[] vector) {
    if (vector.length != dimensions) {
      return dimensionFault(field, vector.length, dimensions);
    }
    VectorFault fault = VectorRules.lengthFault(field, vector, metric);
    return fault == null ? tooLong(field, vector) : fault;
  }

  /** A query may be of any length. */
  public @Nullable VectorFault queryFault(String field, float[] vector) {
    return vector.length == dimensions
        ? VectorRules.lengthFault(field, vector, metric)
        : dimensionFault(field, vector.length, dimensions);
  }

  private @Nullable VectorFault tooLong(String field, float[] vector) {
    double length = Metric.length(vector);
    return length <= maxLength
        ? null
        : new VectorFault(
            VectorReason.VECTOR_INVALID,
            field,
            "length %s (expected: at most %s in this index, from its first vector's)"
                .formatted((float) length, (float) maxLength));
  }

  static VectorFault dimensionFault(String field, int found, int expected) {
    return new VectorFault(
        VectorReason.DIMENSION_MISMATCH,
        field,
        "%d dimensions (expected: %d)".formatted(found, expected));
  }
}
