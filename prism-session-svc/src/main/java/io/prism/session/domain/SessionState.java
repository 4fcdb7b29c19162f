package io.prism.session.domain;

/** What is stored about whether a session lives. */
public enum SessionState {
  ACTIVE,
  READ_ONLY,
  /** Running operations finish, new ones are refused. */
  TERMINATING,
  CLOSED,
  EXPIRED;

  /** Whether calls may still be made. */
  public boolean isLive() {
    return switch (this) {
      case ACTIVE, READ_ONLY, TERMINATING -> true;
      case CLOSED, EXPIRED -> false;
    };
  }
}
