package io.prism.reader.domain;

import java.util.List;
import java.util.Optional;

/**
 * The tables and views of namespaces. Everything here blocks, reads only, and ends when the current
 * call does: its deadline, or its client, cancels what runs in the store.
 *
 * <p>Each method may throw PrismException: COLLECTION_NOT_FOUND, COLLECTION_UNREADABLE,
 * INVALID_ARGUMENT with the path of what does not suit the collection, BACKEND_UNAVAILABLE,
 * OVERLOADED when no connection is free in time, DEADLINE_EXCEEDED.
 *
 * @param <V> a value as clients send it
 * @param <R> a row as it travels
 */
public interface Collections<V, R> {

  /** Checks a selection; reads no row yet. */
  Scan<R> scan(Selection<V> selection);

  /** Counts the rows of a selection, exactly. */
  long count(Selection<V> selection);

  /**
   * The row with this primary key; empty when there is none.
   *
   * @param fields to return; empty for all
   * @throws io.prism.starter.error.PrismException COMPOSITE_KEY, NO_PRIMARY_KEY
   */
  Optional<R> get(String namespace, String collection, String id, List<String> fields);
}
