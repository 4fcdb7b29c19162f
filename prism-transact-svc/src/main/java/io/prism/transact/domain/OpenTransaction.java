package io.prism.transact.domain;

import java.time.Instant;

/**
 * A transaction that has begun and holds a connection until it ends. Its methods block and are
 * called one at a time, except {@link #cancel}.
 *
 * <p>A method that throws has ended the transaction: it is rolled back and holds nothing any more.
 *
 * @param <V> a value as the wire has it
 */
public interface OpenTransaction<V> {

  String id();

  /** The database's time of the beginning. */
  Instant startedAt();

  WriteResult<V> write(WriteCommand<V> command);

  void commit();

  /** Rolls back, if it is still open; never throws. */
  void rollback();

  /** Lets the statement that runs now, if any, end at once; from any thread. */
  void cancel();
}
