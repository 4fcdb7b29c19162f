package io.prism.reader.domain;

import java.util.Optional;

/**
 * Rows by primary key, for whoever keeps copies of them. Both methods block, and may throw what
 * {@link Collections} may.
 *
 * @param <R> a row as it travels
 */
public interface CopyableRows<R> {

  /**
   * What the copy of the row with this id is to be. Empty when rows of the collection have no
   * copies, since whoever changes one could not tell which: the key is of several columns, of a
   * type whose text depends on the connection, or the rows are also those of another table.
   */
  Optional<CopyName> copyName(String namespace, String collection, String id);

  /** The row with this id, whole, from the store; empty when there is none. */
  Optional<StoredRow<R>> stored(String namespace, String collection, String id);
}
