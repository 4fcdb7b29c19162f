package io.prism.transact.domain;

/**
 * Begins transactions of several writes.
 *
 * @param <V> a value as the wire has it
 */
public interface Transactions<V> {

  /**
   * Begins one. Blocks.
   *
   * @throws io.prism.starter.error.PrismException when it cannot begin; there is nothing to end
   *     then
   */
  OpenTransaction<V> begin(TransactionSettings settings);
}
