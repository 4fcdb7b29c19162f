package io.prism.vector.redis;

import io.prism.vector.domain.IndexShape;
import io.prism.vector.domain.Metric;
import java.util.Arrays;

/**
 * Vectors as Redis takes them. It knows only angles; distances and inner products become angles in
 * a space with one or two dimensions more, where all vectors have one length: there the order by
 * angle is the order by inner product, or by distance.
 */
final class Lift {

  /**
   * Room for vectors longer than an index's first one. The more room, the closer are all angles,
   * which single precision can tell apart only to a point.
   */
  private static final double ROOM = 16;

  private final IndexShape shape;
  private final double bound;

  Lift(IndexShape shape) {
    this.shape = shape;
    this.bound = shape.maxLength();
  }

  /** The longest vector of an index, by its first one. */
  static double maxLength(Metric metric, float[] first) {
    double length = Metric.length(first);
    return metric == Metric.COSINE ? Double.POSITIVE_INFINITY : ROOM * (length == 0 ? 1 : length);
  }

  /** Whether Redis orders by something else than the metric. */
  boolean isLifted() {
    return shape.metric() != Metric.COSINE;
  }

  float[] stored(float[] vector) {
    return switch (shape.metric()) {
      case COSINE -> vector;
      case INNER_PRODUCT -> {
        float[] lifted = Arrays.copyOf(vector, vector.length + 1);
        double square = square(vector);
        lifted[vector.length] = (float) Math.sqrt(Math.max(0, bound * bound - square));
        yield lifted;
      }
      case L2 -> {
        float[] lifted = Arrays.copyOf(vector, vector.length + 2);
        double square = square(vector);
        double half = square / (2 * bound);
        lifted[vector.length] = (float) half;
        lifted[vector.length + 1] =
            (float) Math.sqrt(Math.max(0, bound * bound * 5 / 4 - square - half * half));
        yield lifted;
      }
    };
  }

  float[] query(float[] vector) {
    return switch (shape.metric()) {
      case COSINE -> vector;
      case INNER_PRODUCT -> {
        float[] lifted = Arrays.copyOf(vector, vector.length + 1);
        if (square(vector) == 0) {
          // Everything is equally similar; Redis needs some direction.
          lifted[vector.length] = 1;
        }
        yield lifted;
      }
      case L2 -> {
        float[] lifted = Arrays.copyOf(vector, vector.length + 2);
        lifted[vector.length] = (float) -bound;
        yield lifted;
      }
    };
  }

  /** The vector that was stored, of the direction that Redis keeps and the length that it had. */
  float[] original(float[] direction, double length) {
    float[] vector = Arrays.copyOf(direction, shape.dimensions());
    for (int i = 0; i < vector.length; i++) {
      vector[i] = (float) (vector[i] * length);
    }
    return vector;
  }

  private static double square(float[] vector) {
    double length = Metric.length(vector);
    return length * length;
  }
}
