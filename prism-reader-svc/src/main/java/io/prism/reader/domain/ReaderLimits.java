package io.prism.reader.domain;

import io.prism.starter.error.CallReason;
import io.prism.starter.error.PrismException;

/**
 * What one request may ask for.
 *
 * @param pageRows rows of a page when the request does not say
 * @param maxPageRows most rows of a page
 * @param pageBytes most bytes of a page
 * @param maxTies most rows beyond these bounds that are alike in all sort keys
 * @param maxDepth levels of a filter
 * @param maxConditions conditions on fields in a filter
 * @param maxListed values of IN and NOT_IN
 * @param maxSort sort keys
 */
public record ReaderLimits(
    int pageRows,
    int maxPageRows,
    long pageBytes,
    int maxTies,
    int maxDepth,
    int maxConditions,
    int maxListed,
    int maxSort) {

  private static final int CHUNK_ROWS = 1000;

  /**
   * The size of the pages that a request asks for.
   *
   * @throws PrismException INVALID_ARGUMENT when it is negative
   */
  public PageSize page(int asked) {
    if (asked < 0) {
      throw PrismException.invalid("page_size", asked + " (expected: 0 or more)");
    }
    return new PageSize(asked == 0 ? pageRows : Math.min(asked, maxPageRows), pageBytes, maxTies);
  }

  /** What rows are fetched by when they are streamed one by one. */
  public PageSize chunk() {
    return new PageSize(Math.min(CHUNK_ROWS, maxPageRows), pageBytes, maxTies);
  }

  /**
   * Refuses more than there may be.
   *
   * @throws PrismException LIMIT_EXCEEDED
   */
  public static void check(String path, String what, int found, int limit) {
    if (found > limit) {
      String description = found + " " + what + " (expected: at most " + limit + ")";
      throw PrismException.because(CallReason.LIMIT_EXCEEDED, path + ": " + description)
          .violation(path, description)
          .with("limit", Integer.toString(limit))
          .build();
    }
  }
}
