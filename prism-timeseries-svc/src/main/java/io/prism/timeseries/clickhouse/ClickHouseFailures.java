package io.prism.timeseries.clickhouse;

import com.clickhouse.client.api.ClientException;
import com.clickhouse.client.api.ConnectionInitiationException;
import com.clickhouse.client.api.DataTransferException;
import com.clickhouse.client.api.ServerException;
import com.clickhouse.client.api.TransportException;
import io.grpc.Context;
import io.prism.starter.call.CallEnd;
import io.prism.starter.error.CallReason;
import io.prism.starter.error.PrismException;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletionException;
import org.apache.hc.core5.http.ConnectionRequestTimeoutException;
import org.jspecify.annotations.Nullable;

/** What ClickHouse's failures mean, by its error codes. */
public final class ClickHouseFailures {

  private static final Duration RETRY_DELAY = Duration.ofSeconds(1);

  /**
   * SOCKET_TIMEOUT, NETWORK_ERROR, ABORTED, TABLE_IS_READ_ONLY, NOT_ENOUGH_SPACE,
   * ALL_CONNECTION_TRIES_FAILED, TOO_FEW_LIVE_REPLICAS, UNKNOWN_STATUS_OF_INSERT, SYSTEM_ERROR,
   * KEEPER_EXCEPTION.
   */
  private static final Set<Integer> OUTAGES =
      Set.of(209, 210, 236, 242, 243, 279, 285, 319, 425, 999);

  /**
   * TOO_MANY_SIMULTANEOUS_QUERIES, NO_FREE_CONNECTION, MEMORY_LIMIT_EXCEEDED, TOO_MANY_PARTS,
   * CANNOT_SCHEDULE_TASK, RECEIVED_ERROR_TOO_MANY_REQUESTS.
   */
  private static final Set<Integer> REFUSALS = Set.of(202, 203, 241, 252, 439, 364);

  /** TIMEOUT_EXCEEDED, TOO_SLOW, QUERY_WAS_CANCELLED. */
  private static final Set<Integer> TIMEOUTS = Set.of(159, 160, 394);

  /** What a server says that answers without being ClickHouse, as a proxy before it does. */
  private static final int NO_CODE = 0;

  private static final int SERVER_FAULT = 500;

  private enum Meaning {
    /** ClickHouse is down or out of reach. */
    OUTAGE,
    /** ClickHouse, or this instance, has too much to do. */
    REFUSAL,
    /** A time limit ended the statement. */
    TIMEOUT,
    OTHER
  }

  private ClickHouseFailures() {}

  /** Whether a failure says that ClickHouse is down or out of reach; for a guard. */
  public static boolean isOutage(Throwable failure) {
    return meaning(failure) == Meaning.OUTAGE;
  }

  private static Meaning meaning(Throwable failure) {
    Meaning meaning = Meaning.OTHER;
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      // The client's pool, all of whose connections were in use for too long.
      if (cause instanceof ConnectionRequestTimeoutException) {
        return Meaning.REFUSAL;
      }
      if (cause instanceof ServerException answer) {
        return meaning(answer);
      }
      if (isOfConnection(cause)) {
        meaning = Meaning.OUTAGE;
      }
    }
    return meaning;
  }

  private static Meaning meaning(ServerException answer) {
    int code = answer.getCode();
    if (OUTAGES.contains(code)
        || (code == NO_CODE && answer.getTransportProtocolCode() >= SERVER_FAULT)) {
      return Meaning.OUTAGE;
    }
    if (REFUSALS.contains(code)) {
      return Meaning.REFUSAL;
    }
    return TIMEOUTS.contains(code) ? Meaning.TIMEOUT : Meaning.OTHER;
  }

  private static boolean isOfConnection(Throwable cause) {
    return cause instanceof ConnectionInitiationException
        || cause instanceof DataTransferException
        || cause instanceof TransportException
        || cause instanceof ClientException
        || cause instanceof IOException;
  }

  /** The failure of a statement as the call is told of it, which may have ended meanwhile. */
  static RuntimeException translated(RuntimeException failure) {
    if (failure instanceof PrismException known) {
      return known;
    }
    return switch (meaning(failure)) {
      case REFUSAL ->
          PrismException.because(
                  CallReason.OVERLOADED, "the store behind this service has too much to do now")
              .retryAfter(RETRY_DELAY)
              .cause(failure)
              .build();
      case TIMEOUT -> tooSlow(failure);
      case OUTAGE, OTHER -> failure;
    };
  }

  /** What comes of a failure while its call may have ended: then the store is not to blame. */
  static RuntimeException ofCall(Exception failure) {
    return CallEnd.of(Context.current())
        .<RuntimeException>map(ended -> ended)
        .orElseGet(
            () ->
                failure instanceof RuntimeException runtime
                    ? runtime
                    : new CompletionException(failure));
  }

  private static PrismException tooSlow(@Nullable Throwable failure) {
    return PrismException.because(CallReason.DEADLINE_EXCEEDED, "the store took longer than it may")
        .cause(failure)
        .build();
  }
}
