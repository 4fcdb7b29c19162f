package io.prism.reader.postgres;

import io.prism.reader.domain.PageSize;

/**
 * How many bytes the rows of a statement have, so that as many are fetched at a time as make about
 * a megabyte: the driver holds a whole fetch in memory. An estimate, and shared by all executions.
 */
final class RowWeight {

  private static final int FIRST_FETCH = 16;
  private static final int MAX_FETCH = 2_000;
  private static final int FETCH_BYTES = 1 << 20;

  /** A heavy row counts at once, and is forgotten by and by. */
  private static final int FORGETTING = 4;

  private volatile long bytes;

  void observe(int rowBytes) {
    long before = bytes;
    long now = Math.max(rowBytes, before - (before >> FORGETTING));
    if (now != before) {
      bytes = now;
    }
  }

  /** Whether a page of so many rows is not cut short by its bytes, by all that is known. */
  boolean isWithin(PageSize size) {
    long known = bytes;
    return known != 0 && known * size.rows() <= size.bytes();
  }

  /** How many rows to fetch next. */
  int fetchSize() {
    long known = bytes;
    return known == 0 ? FIRST_FETCH : Math.clamp(FETCH_BYTES / known, 1, MAX_FETCH);
  }
}
