package io.prism.session.grpc;

import com.google.protobuf.Timestamp;
import io.prism.session.domain.SessionEvent;
import io.prism.session.domain.SessionRecord;
import io.prism.session.domain.SessionState;
import io.prism.session.domain.SessionUse;
import io.prism.session.domain.Usage;
import io.prism.session.internal.v1.SessionCondition;
import io.prism.session.internal.v1.SessionUsage;
import io.prism.session.v1.SessionMetrics;
import io.prism.session.v1.SessionStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;

/** Sessions as messages. */
final class SessionProtos {

  private SessionProtos() {}

  static Timestamp timestamp(Instant instant) {
    return Timestamp.newBuilder()
        .setSeconds(instant.getEpochSecond())
        .setNanos(instant.getNano())
        .build();
  }

  static com.google.protobuf.Duration duration(Duration duration) {
    return com.google.protobuf.Duration.newBuilder()
        .setSeconds(duration.getSeconds())
        .setNanos(duration.getNano())
        .build();
  }

  static Duration duration(com.google.protobuf.Duration duration) {
    return Duration.ofSeconds(duration.getSeconds(), duration.getNanos());
  }

  static SessionStatus status(SessionRecord session) {
    return switch (session.state()) {
      case ACTIVE ->
          session.isExpiring()
              ? SessionStatus.SESSION_STATUS_EXPIRING
              : SessionStatus.SESSION_STATUS_ACTIVE;
      case READ_ONLY -> SessionStatus.SESSION_STATUS_READ_ONLY;
      case TERMINATING -> SessionStatus.SESSION_STATUS_TERMINATING;
      case CLOSED, EXPIRED -> SessionStatus.SESSION_STATUS_UNSPECIFIED;
    };
  }

  static SessionMetrics metrics(Usage usage) {
    return SessionMetrics.newBuilder()
        .setRequestsProcessed(usage.requests())
        .setBytesSent(usage.bytesSent())
        .setBytesReceived(usage.bytesReceived())
        .setActiveStreams(usage.activeStreams())
        .build();
  }

  static List<io.prism.session.internal.v1.SessionState> states(Collection<SessionEvent> events) {
    return events.stream().map(SessionProtos::state).toList();
  }

  private static io.prism.session.internal.v1.SessionState state(SessionEvent event) {
    return io.prism.session.internal.v1.SessionState.newBuilder()
        .setSessionId(event.sessionId())
        .setCondition(condition(event.state()))
        .setVersion(event.version())
        .setTokenExpiresAt(timestamp(event.tokenExpiresAt()))
        .setReason(event.reason())
        .build();
  }

  private static SessionCondition condition(SessionState state) {
    return switch (state) {
      case ACTIVE -> SessionCondition.SESSION_CONDITION_ACTIVE;
      case READ_ONLY -> SessionCondition.SESSION_CONDITION_READ_ONLY;
      case TERMINATING -> SessionCondition.SESSION_CONDITION_TERMINATING;
      case CLOSED -> SessionCondition.SESSION_CONDITION_CLOSED;
      case EXPIRED -> SessionCondition.SESSION_CONDITION_EXPIRED;
    };
  }

  /** Counts that make no sense are taken as zero: a faulty instance must not falsify the others. */
  static SessionUse use(SessionUsage usage) {
    Duration idle = duration(usage.getIdle());
    return new SessionUse(
        usage.getSessionId(),
        Math.max(0, usage.getRequests()),
        Math.max(0, usage.getBytesSent()),
        Math.max(0, usage.getBytesReceived()),
        Math.max(0, usage.getActiveStreams()),
        Math.max(0, usage.getPendingOperations()),
        idle.isNegative() ? Duration.ZERO : idle);
  }
}
