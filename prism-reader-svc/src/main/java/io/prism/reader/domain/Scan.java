package io.prism.reader.domain;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A selection that was found to be right, to be read page by page. Nothing is held between pages.
 * Thread-safe.
 *
 * @param <R> a row as it travels
 */
public interface Scan<R> {

  /** What a position belongs to: says namespace, collection, order and filter, and only these. */
  byte[] identity();

  /** How many keys a position has. */
  int keys();

  /**
   * Reads the rows after a position, or from the start; blocks. Rows come in the order of the sort
   * keys, of which the last make the order total, so that each row that is there all the time is
   * read exactly once.
   *
   * @param skip rows to leave out; only from the start
   * @param ahead is told where the next page begins as soon as that is known, which may be long
   *     before this one is whole; or is not told
   * @throws io.prism.starter.error.PrismException TOO_MANY_TIES, COLLECTION_NOT_FOUND or
   *     INVALID_ARGUMENT when the collection has changed, BACKEND_UNAVAILABLE, DEADLINE_EXCEEDED
   */
  Page<R> next(@Nullable Position after, long skip, PageSize size, Consumer<Position> ahead);

  /** The same for whoever does not want to know that. */
  default Page<R> next(@Nullable Position after, long skip, PageSize size) {
    return next(after, skip, size, position -> {});
  }
}
