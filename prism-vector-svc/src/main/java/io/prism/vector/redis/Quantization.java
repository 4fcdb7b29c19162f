package io.prism.vector.redis;

/** How exactly Redis keeps the values of vectors. */
public enum Quantization {
  /** As they are: 4 bytes for each. */
  NONE("NOQUANT"),
  /** In a byte each: a quarter of the memory, and a little less recall. */
  Q8("Q8"),
  /** In a bit each. */
  BIN("BIN");

  private final String word;

  Quantization(String word) {
    this.word = word;
  }

  String word() {
    return word;
  }
}
