package io.prism.vector.domain;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a vector may be, whatever the store. */
public final class VectorRules {

  /** Most dimensions. */
  public static final int MAX_DIMENSIONS = 4_096;

  /** Most results of a search. */
  public static final int MAX_TOP_K = 1_000;

  private static final int MAX_ID_BYTES = 1_024;
  private static final int MAX_METADATA = 64;
  private static final int MAX_NAME_BYTES = 255;
  private static final int MAX_VALUE_BYTES = 4_096;

  /** Beyond, squares of single precision overflow; below the inverse, they vanish. */
  private static final double MAX_LENGTH = 1e15;

  private VectorRules() {}

  /** What is wrong with a vector that is to be stored; null: nothing that every index refuses. */
  public static @Nullable VectorFault fault(IndexSpec index, NewVector vector) {
    VectorFault fault = idFault(vector.id());
    if (fault == null) {
      fault = valuesFault("vector", index, vector.values());
    }
    return fault == null ? metadataFault("metadata", vector.metadata()) : fault;
  }

  /** What is wrong with an id; null: nothing. */
  public static @Nullable VectorFault idFault(String id) {
    return id.isEmpty()
        ? new VectorFault(VectorReason.ID_INVALID, "id", "empty (expected: 1-1024 bytes)")
        : tooLong(VectorReason.ID_INVALID, "id", id, MAX_ID_BYTES);
  }

  /** What is wrong with values, whatever the index has; null: nothing. */
  public static @Nullable VectorFault valuesFault(String field, IndexSpec index, float[] values) {
    if (index.dimensions() != 0 && values.length != index.dimensions()) {
      return IndexShape.dimensionFault(field, values.length, index.dimensions());
    }
    if (values.length == 0 || values.length > MAX_DIMENSIONS) {
      return new VectorFault(
          VectorReason.DIMENSION_MISMATCH,
          field,
          "%d dimensions (expected: 1-%d)".formatted(values.length, MAX_DIMENSIONS));
    }
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        return new VectorFault(
            VectorReason.VECTOR_INVALID,
            "%s[%d]".formatted(field, i),
            values[i] + " (expected: a finite number)");
      }
    }
    return null;
  }

  /** What is wrong with a vector's length under a metric; null: nothing. */
  static @Nullable VectorFault lengthFault(String field, float[] values, Metric metric) {
    double length = Metric.length(values);
    if (metric == Metric.COSINE && length < 1 / MAX_LENGTH) {
      return new VectorFault(
          VectorReason.VECTOR_INVALID,
          field,
          "%s (expected: a direction, as the metric is COSINE)"
              .formatted(length == 0 ? "zero" : "length " + length));
    }
    return length <= MAX_LENGTH
        ? null
        : new VectorFault(
            VectorReason.VECTOR_INVALID,
            field,
            "length %s (expected: at most %s)".formatted((float) length, (float) MAX_LENGTH));
  }

  /** What is wrong with metadata or filters; null: nothing. */
  public static @Nullable VectorFault metadataFault(String field, Map<String, String> metadata) {
    if (metadata.size() > MAX_METADATA) {
      return new VectorFault(
          VectorReason.METADATA_INVALID,
          field,
          "%d entries (expected: at most %d)".formatted(metadata.size(), MAX_METADATA));
    }
    for (Map.Entry<String, String> entry : metadata.entrySet()) {
      if (entry.getKey().isEmpty()) {
        return new VectorFault(
            VectorReason.METADATA_INVALID, field, "has an empty name (expected: none)");
      }
      VectorFault fault =
          tooLong(VectorReason.METADATA_INVALID, field, entry.getKey(), MAX_NAME_BYTES);
      if (fault == null) {
        fault =
            tooLong(
                VectorReason.METADATA_INVALID,
                "%s[%s]".formatted(field, entry.getKey()),
                entry.getValue(),
                MAX_VALUE_BYTES);
      }
      if (fault != null) {
        return fault;
      }
    }
    return null;
  }

  private static @Nullable VectorFault tooLong(
      VectorReason reason, String field, String text, int maxBytes) {
    // Three bytes at most for each char, so that short texts need no encoding.
    if (text.length() <= maxBytes / 3) {
      return null;
    }
    int bytes = text.getBytes(StandardCharsets.UTF_8).length;
    return bytes <= maxBytes
        ? null
        : new VectorFault(
            reason, field, "%d bytes (expected: at most %d)".formatted(bytes, maxBytes));
  }
}
