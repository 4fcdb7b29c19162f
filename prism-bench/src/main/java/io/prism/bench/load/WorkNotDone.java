package io.prism.bench.load;

import org.jspecify.annotations.Nullable;

/** A part of the work was not done, so what was measured is no figure. */
public final class WorkNotDone extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With a message of the caller's own: what was found and what was expected. */
  public WorkNotDone(String message) {
    super(message);
  }

  /** With a message of the caller's own and why. */
  public WorkNotDone(String message, Throwable cause) {
    super(message + ": " + cause, cause);
  }

  WorkNotDone(long all, long failed, long unanswered, @Nullable Throwable first) {
    super(message(all, failed, unanswered, first), first);
  }

  private static String message(long all, long failed, long unanswered, @Nullable Throwable first) {
    if (all == 0) {
      return "nothing was done, expected at least one operation";
    }
    String why = first == null ? "" : ", the first failure: " + first;
    return "of %d operations %d failed and %d had no answer, expected none%s"
        .formatted(all, failed, unanswered, why);
  }
}
