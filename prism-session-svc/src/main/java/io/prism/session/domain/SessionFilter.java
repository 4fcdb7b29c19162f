package io.prism.session.domain;

import java.util.Optional;

/**
 * Which sessions to list; what is empty does not matter.
 *
 * @param visible whose namespaces are shown
 */
public record SessionFilter(
    Optional<String> namespace,
    Optional<String> principal,
    Optional<Status> status,
    Rights visible) {

  /** The status that clients see. */
  public enum Status {
    ACTIVE,
    EXPIRING,
    READ_ONLY,
    TERMINATING
  }
}
