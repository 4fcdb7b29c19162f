package io.prism.vector.domain;

/** How the similarity of two vectors is measured. Scores are in [0, 1]; 1 is the most similar. */
public enum Metric {
  /** The angle: (1 + cos) / 2. */
  COSINE,
  /** Euclidean distance d: 1 / (1 + d). */
  L2,
  /** Inner product p: 1 / (1 + e^-p). */
  INNER_PRODUCT;

  /** The score of two vectors of the same dimensions. */
  public float score(float[] a, float[] b) {
    return switch (this) {
      case COSINE -> ofCosine(dot(a, b) / (length(a) * length(b)));
      case L2 -> ofDistance(Math.sqrt(squaredDistance(a, b)));
      case INNER_PRODUCT -> ofInnerProduct(dot(a, b));
    };
  }

  /** The score of an angle. */
  public static float ofCosine(double cosine) {
    return (float) ((1 + Math.clamp(cosine, -1, 1)) / 2);
  }

  /** The score of a distance. */
  public static float ofDistance(double distance) {
    return (float) (1 / (1 + distance));
  }

  /** The score of an inner product. */
  public static float ofInnerProduct(double product) {
    return (float) (1 / (1 + Math.exp(-product)));
  }

  /** The length of a vector. */
  public static double length(float[] vector) {
    return Math.sqrt(dot(vector, vector));
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }

  private static double squaredDistance(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      double difference = (double) a[i] - b[i];
      sum += difference * difference;
    }
    return sum;
  }
}
