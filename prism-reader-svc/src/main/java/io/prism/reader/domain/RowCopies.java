package io.prism.reader.domain;

import java.util.Optional;

/**
 * Rows by primary key, from their copies where there are some.
 *
 * @param <R> a row as it travels
 */
public interface RowCopies<R> {

  /**
   * The whole row with this id, the same as {@link Collections#get} returns when nothing was
   * written past Prism; empty when there is none. Blocks, for no longer than the call may take.
   *
   * @throws io.prism.starter.error.PrismException as {@link Collections#get}
   */
  Optional<R> get(String namespace, String collection, String id, CopyTimes times);
}
