package io.prism.reader.domain;

import io.prism.starter.error.PrismException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Fills a page with rows in their order, until it is full.
 *
 * @param <R> a row as it travels
 */
public final class PageAssembly<R> {

  private final PageSize size;
  private final boolean unique;
  private final List<R> rows = new ArrayList<>();
  private @Nullable String[] last = {};
  private long bytes;
  private int ties;
  private boolean full;

  /**
   * @param unique whether no two rows have the same keys; rows that have must not be parted, since
   *     the next page begins after all of them
   */
  public PageAssembly(PageSize size, boolean unique) {
    this.size = size;
    this.unique = unique;
  }

  /**
   * Takes the next row, unless the page is full without it.
   *
   * @param rowBytes its size on the wire
   * @param keys its sort keys; becomes this page's own
   * @return false when the page is full and the row belongs to the next one
   * @throws PrismException TOO_MANY_TIES
   */
  public boolean offer(R row, long rowBytes, @Nullable String[] keys) {
    if (!hasRoom(rowBytes) && !isTie(keys)) {
      full = true;
      return false;
    }
    rows.add(row);
    bytes += rowBytes;
    last = keys;
    return true;
  }

  private boolean hasRoom(long rowBytes) {
    return rows.isEmpty() || (rows.size() < size.rows() && bytes + rowBytes <= size.bytes());
  }

  private boolean isTie(@Nullable String[] keys) {
    if (unique || !Arrays.equals(keys, last)) {
      return false;
    }
    ties++;
    // In bytes, too, a page must end somewhere.
    if (ties > size.ties() || bytes > 2 * size.bytes()) {
      throw PrismException.because(
              ReaderReason.TOO_MANY_TIES,
              "more than "
                  + (ties - 1)
                  + " rows are alike in all fields (expected: a primary key, or fewer such rows)")
          .build();
    }
    return true;
  }

  /** How many rows to ask the store for, so that the page can be filled and its end is known. */
  public long wanted() {
    return (long) size.rows() - rows.size() + 1 + (unique ? 0 : size.ties());
  }

  /** Whether the page has a next one. */
  public boolean isFull() {
    return full;
  }

  /** The page. */
  public Page<R> page() {
    return new Page<>(rows, full ? new Position(Arrays.asList(last)) : null);
  }
}
