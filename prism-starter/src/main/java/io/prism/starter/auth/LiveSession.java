package io.prism.starter.auth;

import com.google.protobuf.util.Durations;
import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;
import io.grpc.Context;
import io.prism.config.v1.RateLimitConfig;
import io.prism.options.v1.Access;
import io.prism.session.internal.v1.SessionCondition;
import io.prism.session.internal.v1.SessionState;
import io.prism.session.internal.v1.SessionUsage;
import io.prism.starter.call.CallAccount;
import io.prism.starter.call.LiveStreams;
import io.prism.starter.error.CallReason;
import io.prism.starter.error.PrismException;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** A session as this instance knows it: its token, its condition, its open streams, its use. */
final class LiveSession {

  static final Context.Key<LiveSession> CONTEXT = Context.key("prism-session");

  private static final Duration REPEAT_OPEN = Duration.ofSeconds(30);

  private final Session session;
  private final LiveStreams streams = new LiveStreams();
  private final @Nullable Bucket bucket;
  private final LongAdder requests = new LongAdder();
  private final LongAdder bytesReceived = new LongAdder();
  private final LongAdder bytesSent = new LongAdder();
  private final AtomicInteger activeStreams = new AtomicInteger();
  private final AtomicInteger pendingOperations = new AtomicInteger();
  private final CallAccount operations = new Account(false, true);
  private final CallAccount operationStreams = new Account(true, true);
  private final CallAccount subscriptions = new Account(true, false);
  private volatile SessionCondition condition;
  private volatile long lastActivityNanos = System.nanoTime();
  private long version;
  private int reportedStreams;
  private int reportedPending;
  private long reportedNanos;

  LiveSession(Session session) {
    this.session = session;
    this.condition =
        session.readOnly()
            ? SessionCondition.SESSION_CONDITION_READ_ONLY
            : SessionCondition.SESSION_CONDITION_ACTIVE;
    this.bucket = session.config().hasRateLimit() ? bucket(session.config().getRateLimit()) : null;
  }

  static LiveSession current() {
    LiveSession current = CONTEXT.get();
    if (current == null) {
      throw new IllegalStateException("not in a call that has a session");
    }
    return current;
  }

  private static @Nullable Bucket bucket(RateLimitConfig limit) {
    int perSecond = limit.getRequestsPerSecond();
    if (perSecond <= 0) {
      return null;
    }
    int burst = limit.getBurst() > 0 ? limit.getBurst() : perSecond;
    return Bucket.builder()
        .addLimit(
            Bandwidth.builder()
                .capacity(burst)
                .refillGreedy(perSecond, Duration.ofSeconds(1))
                .build())
        .withNanosecondPrecision()
        .build();
  }

  Session session() {
    return session;
  }

  LiveStreams streams() {
    return streams;
  }

  @Nullable Bucket bucket() {
    return bucket;
  }

  /** Where a call is booked: by whether it streams, and whether closing should wait for it. */
  CallAccount account(boolean streaming, boolean operation) {
    if (!streaming) {
      return operations;
    }
    return operation ? operationStreams : subscriptions;
  }

  /**
   * Checks that the session may make a call now.
   *
   * @throws PrismException SESSION_CLOSED, SESSION_EXPIRED, SESSION_TERMINATING, SESSION_READ_ONLY
   */
  void check(Access access) {
    switch (condition) {
      case SESSION_CONDITION_CLOSED, SESSION_CONDITION_EXPIRED -> throw ended(condition);
      case SESSION_CONDITION_TERMINATING -> {
        if (access != Access.ACCESS_SESSION) {
          throw PrismException.of(
              CallReason.SESSION_TERMINATING, "the session is closing and takes no new calls");
        }
      }
      case SESSION_CONDITION_READ_ONLY -> {
        if (access == Access.ACCESS_WRITE || access == Access.ACCESS_ADMIN) {
          throw PrismException.of(CallReason.SESSION_READ_ONLY, "the session may only read");
        }
      }
      case SESSION_CONDITION_ACTIVE, SESSION_CONDITION_UNSPECIFIED, UNRECOGNIZED -> {}
    }
    if (Instant.now().isAfter(session.tokenExpiresAt())) {
      throw ended(SessionCondition.SESSION_CONDITION_EXPIRED);
    }
  }

  /** The session may not do this. */
  PrismException denied(String service, Access access) {
    String level = access.name().substring("ACCESS_".length()).toLowerCase(Locale.ROOT);
    return PrismException.because(
            CallReason.PERMISSION_DENIED,
            "the session may not do this (needs " + service + ":" + level + ")")
        .with("required", service + ":" + level)
        .with("namespace", session.namespace())
        .build();
  }

  /** Takes over what the feed says, unless something newer is known; ends streams if need be. */
  void apply(SessionState state) {
    synchronized (this) {
      if (state.getVersion() < version) {
        return;
      }
      version = state.getVersion();
      condition = state.getCondition();
    }
    if (isOver(state.getCondition())) {
      streams.endAll(ended(state.getCondition()));
    }
  }

  /** Ends the streams again if the session is over: one may have begun while it was ended. */
  void endIfOver() {
    SessionCondition now = condition;
    if (isOver(now)) {
      streams.endAll(ended(now));
    }
  }

  /** Back to what the token says, when the feed no longer names the session. */
  synchronized void reset() {
    condition =
        session.readOnly()
            ? SessionCondition.SESSION_CONDITION_READ_ONLY
            : SessionCondition.SESSION_CONDITION_ACTIVE;
  }

  static boolean isOver(SessionCondition condition) {
    return condition == SessionCondition.SESSION_CONDITION_CLOSED
        || condition == SessionCondition.SESSION_CONDITION_EXPIRED;
  }

  private static PrismException ended(SessionCondition condition) {
    return condition == SessionCondition.SESSION_CONDITION_CLOSED
        ? PrismException.of(CallReason.SESSION_CLOSED, "the session is closed")
        : PrismException.of(CallReason.SESSION_EXPIRED, "the session has expired");
  }

  boolean isUnused(Duration since) {
    return activeStreams.get() == 0
        && pendingOperations.get() == 0
        && System.nanoTime() - lastActivityNanos > since.toNanos();
  }

  void touch() {
    lastActivityNanos = System.nanoTime();
  }

  /**
   * The use since the last call of this method; empty when there is nothing to say. A call that is
   * open but silent keeps its session from idling out, so it is repeated now and then.
   */
  synchronized Optional<SessionUsage> takeUsage() {
    long calls = requests.sumThenReset();
    long sent = bytesSent.sumThenReset();
    long received = bytesReceived.sumThenReset();
    int streamsNow = activeStreams.get();
    int pendingNow = pendingOperations.get();
    boolean open = streamsNow > 0 || pendingNow > 0;
    long now = System.nanoTime();
    boolean changed =
        calls > 0
            || sent > 0
            || received > 0
            || streamsNow != reportedStreams
            || pendingNow != reportedPending
            || (open && now - reportedNanos > REPEAT_OPEN.toNanos());
    if (!changed) {
      return Optional.empty();
    }
    reportedStreams = streamsNow;
    reportedPending = pendingNow;
    reportedNanos = now;
    long idleNanos = open ? 0 : Math.max(0, now - lastActivityNanos);
    return Optional.of(
        SessionUsage.newBuilder()
            .setSessionId(session.id())
            .setRequests(calls)
            .setBytesSent(sent)
            .setBytesReceived(received)
            .setActiveStreams(streamsNow)
            .setPendingOperations(pendingNow)
            .setIdle(Durations.fromNanos(idleNanos))
            .build());
  }

  private final class Account implements CallAccount {

    private final boolean streaming;
    private final boolean operation;

    Account(boolean streaming, boolean operation) {
      this.streaming = streaming;
      this.operation = operation;
    }

    @Override
    public void opened() {
      requests.increment();
      count(1);
    }

    @Override
    public void transferred(long received, long sent) {
      bytesReceived.add(received);
      bytesSent.add(sent);
      lastActivityNanos = System.nanoTime();
    }

    @Override
    public void closed() {
      count(-1);
    }

    private void count(int change) {
      lastActivityNanos = System.nanoTime();
      if (streaming) {
        activeStreams.addAndGet(change);
      }
      if (operation) {
        pendingOperations.addAndGet(change);
      }
    }
  }
}
