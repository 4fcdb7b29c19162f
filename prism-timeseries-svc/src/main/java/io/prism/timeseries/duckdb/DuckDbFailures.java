package io.prism.timeseries.duckdb;

import io.prism.starter.error.CallReason;
import io.prism.starter.error.PrismException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** What failures of DuckDB mean; it tells them apart by how their messages begin. */
final class DuckDbFailures {

  private static final Duration RETRY_DELAY = Duration.ofSeconds(1);

  private DuckDbFailures() {}

  /** Whether a failure says that the database does not work; for a guard. */
  static boolean isOutage(Throwable failure) {
    return begins(failure, "IO Error") || begins(failure, "FATAL Error");
  }

  static RuntimeException translated(RuntimeException failure) {
    if (failure instanceof PrismException known) {
      return known;
    }
    if (begins(failure, "Out of Memory Error")) {
      return overloaded("the query takes more memory than there is for queries", failure);
    }
    if (begins(failure, "INTERRUPT Error") || causedBy(failure, TimeoutException.class)) {
      return PrismException.because(
              CallReason.DEADLINE_EXCEEDED, "the query took longer than it may")
          .cause(failure)
          .build();
    }
    return failure;
  }

  static PrismException overloaded(String message, @Nullable Throwable cause) {
    return PrismException.because(CallReason.OVERLOADED, message)
        .retryAfter(RETRY_DELAY)
        .cause(cause)
        .build();
  }

  private static boolean begins(Throwable failure, String how) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      String message = cause.getMessage();
      if (cause instanceof SQLException && message != null && message.contains(how)) {
        return true;
      }
    }
    return false;
  }

  private static boolean causedBy(Throwable failure, Class<? extends Throwable> type) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (type.isInstance(cause)) {
        return true;
      }
    }
    return false;
  }
}
