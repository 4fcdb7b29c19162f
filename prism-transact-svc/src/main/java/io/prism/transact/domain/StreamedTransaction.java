package io.prism.transact.domain;

import io.prism.starter.error.PrismException;
import org.jspecify.annotations.Nullable;

/**
 * A transaction that is sent step by step: begun once, then writes, then a commit or a rollback.
 * After a step that failed only a rollback is possible, and nothing is held any more. Not
 * thread-safe.
 *
 * @param <V> a value as the wire has it
 */
public final class StreamedTransaction<V> {

  private final Transactions<V> transactions;
  private final TransactionSlots slots;
  private final String sessionId;
  private @Nullable OpenTransaction<V> open;
  private @Nullable TimeLimit limit;
  private @Nullable String failure;
  private boolean begun;
  private int writes;

  public StreamedTransaction(
      Transactions<V> transactions, TransactionSlots slots, String sessionId) {
    this.transactions = transactions;
    this.slots = slots;
    this.sessionId = sessionId;
  }

  /**
   * Begins.
   *
   * @throws PrismException when it cannot begin, or has begun
   */
  public OpenTransaction<V> begin(TransactionSettings settings) {
    if (begun) {
      throw PrismException.of(
          TransactReason.TRANSACTION_ALREADY_STARTED, "begin twice (expected: once)");
    }
    slots.take(sessionId);
    try {
      OpenTransaction<V> started = transactions.begin(settings);
      open = started;
      limit = settings.limit();
      begun = true;
      return started;
    } finally {
      if (!begun) {
        slots.release(sessionId);
      }
    }
  }

  public boolean hasBegun() {
    return begun;
  }

  /** Whether the whole transaction has taken too long. */
  public @Nullable TimeLimit limit() {
    return limit;
  }

  /** Count of the writes that were asked for. */
  public int writes() {
    return writes;
  }

  /** Writes. A failure is for {@link #fail}. */
  public WriteResult<V> write(WriteCommand<V> command) {
    OpenTransaction<V> transaction = running();
    writes++;
    return transaction.write(command);
  }

  /** Commits. It is over then, however this ends. */
  public void commit() {
    OpenTransaction<V> transaction = running();
    try {
      transaction.commit();
    } finally {
      end();
    }
  }

  /**
   * Refuses a step when none is possible.
   *
   * @throws PrismException TRANSACTION_NOT_STARTED, TRANSACTION_FAILED
   */
  public OpenTransaction<V> running() {
    if (!begun) {
      throw PrismException.of(
          TransactReason.TRANSACTION_NOT_STARTED,
          "the first request is no begin (expected: begin)");
    }
    OpenTransaction<V> transaction = open;
    if (transaction == null) {
      throw PrismException.because(
              TransactReason.TRANSACTION_FAILED,
              "a step has failed before (" + failure + "); expected: rollback")
          .with("failure", String.valueOf(failure))
          .build();
    }
    return transaction;
  }

  /** A step has failed: everything is rolled back, and only a rollback is accepted. */
  public void fail(String code) {
    if (failure == null) {
      failure = code;
    }
    end();
  }

  /** Rolls back what is open. */
  public void end() {
    OpenTransaction<V> transaction = open;
    if (transaction != null) {
      open = null;
      try {
        transaction.rollback();
      } finally {
        slots.release(sessionId);
      }
    }
  }
}
