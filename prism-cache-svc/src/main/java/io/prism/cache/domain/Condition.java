package io.prism.cache.domain;

/** When a value is set. */
public enum Condition {
  ALWAYS,
  IF_ABSENT,
  IF_PRESENT
}
