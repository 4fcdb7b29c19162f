package io.prism.client;

import com.google.protobuf.Duration;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.prism.session.v1.CloseSessionRequest;
import io.prism.session.v1.CreateSessionRequest;
import io.prism.session.v1.CreateSessionResponse;
import io.prism.session.v1.HeartbeatRequest;
import io.prism.session.v1.HeartbeatResponse;
import io.prism.session.v1.RefreshSessionRequest;
import io.prism.session.v1.SessionServiceGrpc;
import io.prism.session.v1.SessionServiceGrpc.SessionServiceBlockingStub;
import io.prism.session.v1.SessionServiceGrpc.SessionServiceStub;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One session for all calls of an application (RFC-002 §2, §7.3, §9.3). The first call creates it;
 * a heartbeat every minute keeps it, and extends it before it expires. A call that is refused since
 * the session is over gets a new session and is made again, once, unless it streams requests: of
 * these the next one works. However many calls are refused at once, one session is created.
 *
 * <pre>{@code
 * try (SessionKeeper session = SessionKeeper.of(channel, request)) {
 *   var queue = QueueServiceGrpc.newBlockingStub(session.channel());
 * }
 * }</pre>
 *
 * <p>Thread-safe. Sends no call a deadline that its stub does not have.
 */
public final class SessionKeeper implements AutoCloseable {

  private static final long BEAT_MILLIS = 60_000;
  private static final long REFRESH_BELOW_MILLIS = 600_000;
  private static final long SHORTEST_BEAT_MILLIS = 100;
  private static final long CREATE_SECONDS = 30;
  private static final long BEAT_SECONDS = 10;
  private static final long CLOSE_SECONDS = 5;

  private final SessionServiceStub creating;
  private final SessionServiceBlockingStub sessions;
  private final CreateSessionRequest request;
  private final Channel channel;
  private final ScheduledExecutorService scheduler =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("prism-session-keeper").daemon().factory());

  private final Object lock = new Object();

  /** The token of the session, or what will be; null when there is none. */
  private @Nullable CompletableFuture<String> token;

  private boolean closed;

  private SessionKeeper(Channel channel, CreateSessionRequest request) {
    this.creating = SessionServiceGrpc.newStub(channel);
    this.sessions = SessionServiceGrpc.newBlockingStub(channel);
    this.request = request;
    this.channel = ClientInterceptors.intercept(channel, new SessionInterceptor(this));
  }

  /**
   * A keeper that has not made a session yet.
   *
   * @param channel to Prism; stays the caller's to close, after the keeper
   * @param request with credentials and configuration, with which each of its sessions is made
   */
  public static SessionKeeper of(Channel channel, CreateSessionRequest request) {
    return new SessionKeeper(channel, request);
  }

  /** A channel whose calls have the session; for stubs of every service. */
  public Channel channel() {
    return channel;
  }

  /**
   * Makes the session now, unless there is one, so that an application ends at its start when its
   * credentials or configuration are wrong.
   *
   * @throws StatusRuntimeException as CreateSession answered, with its details. Of a call that was
   *     to make the session gRPC passes on the message only, and the code if it is one of a
   *     transport: else it is INTERNAL.
   */
  public void open() {
    try {
      var _ = token().join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof StatusRuntimeException refusal) {
        throw refusal;
      }
      throw e;
    }
  }

  /**
   * The token of the session, which is made if there is none. Fails as CreateSession did, or with
   * UNAUTHENTICATED after {@link #close()}.
   */
  CompletableFuture<String> token() {
    CompletableFuture<String> made = new CompletableFuture<>();
    synchronized (lock) {
      if (closed) {
        return CompletableFuture.failedFuture(
            Status.UNAUTHENTICATED
                .withDescription("the session keeper is closed")
                .asRuntimeException());
      }
      if (token != null) {
        return token;
      }
      token = made;
    }
    // Others wait for it too: it does not end with the call that happens to be the first.
    Context.ROOT.run(
        () ->
            creating
                .withDeadlineAfter(CREATE_SECONDS, TimeUnit.SECONDS)
                .createSession(request, new Creation(made)));
    return made;
  }

  private final class Creation implements StreamObserver<CreateSessionResponse> {

    private final CompletableFuture<String> made;

    Creation(CompletableFuture<String> made) {
      this.made = made;
    }

    @Override
    public void onNext(CreateSessionResponse created) {
      long left = created.getExpiresAt().getSeconds() - created.getCreatedAt().getSeconds();
      beatAfter(created.getSessionToken(), TimeUnit.SECONDS.toMillis(left));
      made.complete(created.getSessionToken());
    }

    @Override
    public void onError(Throwable failure) {
      synchronized (lock) {
        // Nothing takes the place of one that is being made. The next call tries again.
        token = null;
      }
      made.completeExceptionally(failure);
    }

    @Override
    public void onCompleted() {}
  }

  /**
   * The session of a token is over; the next call makes another, unless one has been made since.
   */
  void isOver(String refused) {
    synchronized (lock) {
      if (isKept(refused)) {
        token = null;
      }
    }
  }

  private boolean isKept(String known) {
    return token != null && known.equals(token.getNow(""));
  }

  private void beatAfter(String kept, long leftMillis) {
    // Sessions may be configured to be shorter than the usual hour.
    long pause = Math.clamp(leftMillis / 2, SHORTEST_BEAT_MILLIS, BEAT_MILLIS);
    synchronized (lock) {
      if (!closed) {
        ScheduledFuture<?> _ = scheduler.schedule(() -> beat(kept), pause, TimeUnit.MILLISECONDS);
      }
    }
  }

  private void beat(String kept) {
    synchronized (lock) {
      if (!isKept(kept)) {
        return;
      }
    }
    try {
      beatAfter(kept, keep(kept));
    } catch (StatusRuntimeException e) {
      if (SessionEnd.isIn(e.getStatus(), e.getTrailers())) {
        isOver(kept);
      } else {
        // The session lives for minutes without a heartbeat.
        beatAfter(kept, TimeUnit.SECONDS.toMillis(BEAT_SECONDS));
      }
    }
  }

  /** For how many milliseconds the session will last. */
  private long keep(String kept) {
    SessionServiceBlockingStub stub =
        sessions
            .withDeadlineAfter(BEAT_SECONDS, TimeUnit.SECONDS)
            .withCallCredentials(SessionCredentials.of(kept));
    HeartbeatResponse beat = stub.heartbeat(HeartbeatRequest.getDefaultInstance());
    long left = millis(beat.getTtl());
    if (left >= REFRESH_BELOW_MILLIS) {
      return left;
    }
    var refreshed = stub.refreshSession(RefreshSessionRequest.getDefaultInstance());
    return TimeUnit.SECONDS.toMillis(
        refreshed.getNewExpiresAt().getSeconds() - beat.getServerTime().getSeconds());
  }

  private static long millis(Duration duration) {
    return TimeUnit.SECONDS.toMillis(duration.getSeconds())
        + TimeUnit.NANOSECONDS.toMillis(duration.getNanos());
  }

  /**
   * Ends the session and the streams that use it. Calls made afterwards fail with UNAUTHENTICATED.
   */
  @Override
  public void close() {
    CompletableFuture<String> last;
    synchronized (lock) {
      closed = true;
      last = token;
      token = null;
      scheduler.shutdownNow();
    }
    if (last == null) {
      return;
    }
    try {
      String closing = last.get(CLOSE_SECONDS, TimeUnit.SECONDS);
      var _ =
          sessions
              .withDeadlineAfter(CLOSE_SECONDS, TimeUnit.SECONDS)
              .withCallCredentials(SessionCredentials.of(closing))
              .closeSession(CloseSessionRequest.newBuilder().setForce(true).build());
    } catch (StatusRuntimeException | ExecutionException | TimeoutException e) {
      // It is over already, was never made, or ends by itself when nobody uses it any more.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
