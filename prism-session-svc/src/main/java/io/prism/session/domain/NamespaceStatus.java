package io.prism.session.domain;

/** What may be done in a namespace. */
public enum NamespaceStatus {
  ACTIVE,
  READ_ONLY,
  SUSPENDED
}
