package io.prism.transact.domain;

/** Kinds of write to a table. */
public enum WriteMode {
  INSERT,
  UPDATE,
  UPSERT,
  DELETE
}
