package io.prism.transact.domain;

/**
 * The form in which results of idempotent writes are kept.
 *
 * @param <V> a value as the wire has it
 */
public interface ResultFormat<V> {

  byte[] write(WriteResult<V> result);

  WriteResult<V> read(byte[] stored);
}
