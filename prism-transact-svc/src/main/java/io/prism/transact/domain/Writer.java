package io.prism.transact.domain;

import org.jspecify.annotations.Nullable;

/**
 * Writes in a transaction of its own. Blocks.
 *
 * @param <V> a value as the wire has it
 */
public interface Writer<V> {

  /**
   * Writes and commits. Serialization failures and deadlocks are tried again within the limit.
   *
   * @param idempotency null for a write that may be repeated only on purpose; otherwise a repeat
   *     gets the result of the first and writes nothing
   * @throws io.prism.starter.error.PrismException with a {@link TransactReason}, after which
   *     nothing was written, except after COMMIT_OUTCOME_UNKNOWN
   */
  WriteResult<V> write(
      WriteCommand<V> command, TransactionSettings settings, @Nullable Idempotency idempotency);
}
