package io.prism.bench.vector;

import io.prism.bench.scenario.Bench;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Vectors in clusters, as embeddings are, the same in every run. The n-th vector is always the same
 * one, so nobody has to keep them.
 */
public enum VectorSet {
  /** 100 000 of 128 dimensions. */
  NARROW("128", 100_000, 128),
  /** 20 000 of 768 dimensions. */
  WIDE("768", 20_000, 768);

  private static final int CLUSTERS = 200;
  private static final float SPREAD = 0.35f;
  private static final long SEED = 20_251_008;

  private final String suffix;
  private final int count;
  private final int dimensions;

  VectorSet(String suffix, int count, int dimensions) {
    this.suffix = suffix;
    this.count = count;
    this.dimensions = dimensions;
  }

  String suffix() {
    return suffix;
  }

  String description() {
    return "%,d vectors of %d dimensions".formatted(count, dimensions).replace(',', ' ');
  }

  int dimensions() {
    return dimensions;
  }

  /** How many there are, or what a round may write at most. */
  int count(Bench bench) {
    return Math.clamp(bench.effort().messages(), 1, count);
  }

  static String id(long number) {
    return "vector-" + number;
  }

  float[] vector(long number) {
    float[] values = noise(number % CLUSTERS, 1);
    float[] own = noise(CLUSTERS + number, SPREAD);
    for (int i = 0; i < dimensions; i++) {
      values[i] += own[i];
    }
    return values;
  }

  /** Near the clusters, and none of the vectors. */
  float[] query(AtomicLong next) {
    return vector(count + next.getAndIncrement());
  }

  private float[] noise(long seed, float scale) {
    Random random = new Random(SEED + seed);
    float[] values = new float[dimensions];
    for (int i = 0; i < dimensions; i++) {
      values[i] = (float) random.nextGaussian() * scale;
    }
    return values;
  }
}
