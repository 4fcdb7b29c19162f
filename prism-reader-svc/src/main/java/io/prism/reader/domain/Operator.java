package io.prism.reader.domain;

/** How a field is compared. */
public enum Operator {
  EQUALS,
  NOT_EQUALS,
  GREATER_THAN,
  GREATER_THAN_OR_EQUALS,
  LESS_THAN,
  LESS_THAN_OR_EQUALS,
  IN,
  NOT_IN,
  CONTAINS,
  STARTS_WITH,
  ENDS_WITH
}
