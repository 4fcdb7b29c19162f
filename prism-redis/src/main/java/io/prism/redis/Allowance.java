package io.prism.redis;

/**
 * How many bytes an answer of several values may have. Values are read as far as they fit into
 * {@link #granted}; when there are more, it is {@link #extend extended}, once, and what does not
 * fit then fails with {@link #exceeded}. For one read at a time.
 */
public interface Allowance {

  /** No bound. */
  Allowance UNBOUNDED =
      new Allowance() {
        @Override
        public long granted() {
          return Long.MAX_VALUE;
        }

        @Override
        public boolean extend() {
          return false;
        }

        @Override
        public RuntimeException exceeded() {
          return new IllegalStateException("more than there are");
        }
      };

  /** Bytes that the whole answer may have. */
  long granted();

  /**
   * Grants more.
   *
   * @return false when no more is granted to any answer
   * @throws RuntimeException when there is no room for more now; the read fails with it
   */
  boolean extend();

  /** What the read fails with when that is not enough. */
  RuntimeException exceeded();
}
