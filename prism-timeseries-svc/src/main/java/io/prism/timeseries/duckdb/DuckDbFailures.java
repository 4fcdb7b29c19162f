package io.prism.timeseries.duckdb;

import io.prism.starter.error.CallReason;
import io.prism.starter.error.PrismException;
import java.sql.SQLException;
import java.time.Duration;
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
    return begins(failure, "INTERRUPT Error") ? tooSlow(failure) : failure;
  }

  /** A query was ended; the database is not to blame. */
  static PrismException tooSlow(Throwable cause) {
    return PrismException.because(CallReason.DEADLINE_EXCEEDED, "the query took longer than it may")
        .cause(cause)
        .build();
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
}
