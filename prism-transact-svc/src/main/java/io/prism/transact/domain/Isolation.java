package io.prism.transact.domain;

/** Isolation levels of SQL. */
public enum Isolation {
  READ_COMMITTED,
  REPEATABLE_READ,
  SERIALIZABLE
}
