package io.prism.starter.testing;

import io.grpc.InsecureServerCredentials;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerCredentials;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.prism.session.internal.v1.ServiceReport;
import io.prism.session.internal.v1.SessionChange;
import io.prism.session.internal.v1.SessionCondition;
import io.prism.session.internal.v1.SessionFeedGrpc;
import io.prism.session.internal.v1.SessionState;
import io.prism.session.internal.v1.SessionUsage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The session feed of session-svc on a real socket, as services see it: gives a snapshot, then
 * changes, stores reports and acknowledges them. Can be stopped, and started again on its port.
 */
public final class FakeSessionFeed implements AutoCloseable {

  private final Map<String, SessionState> states = new ConcurrentHashMap<>();
  private final List<StreamObserver<SessionChange>> streams = new CopyOnWriteArrayList<>();
  private final List<ServiceReport> stored = new CopyOnWriteArrayList<>();
  private final Map<String, Long> lastSequence = new ConcurrentHashMap<>();
  private final List<Metadata> headers = new CopyOnWriteArrayList<>();
  private volatile boolean acknowledging = true;
  private volatile boolean storing = true;
  private final AtomicInteger streamsOpened = new AtomicInteger();
  private final ServerCredentials credentials;
  private int port;
  private @Nullable Server server;

  public FakeSessionFeed() {
    this(InsecureServerCredentials.create());
  }

  public FakeSessionFeed(ServerCredentials credentials) {
    this.credentials = credentials;
    start();
  }

  /** Listens, on the same port as before. */
  public synchronized void start() {
    if (server != null) {
      return;
    }
    try {
      server =
          NettyServerBuilder.forAddress(
                  new InetSocketAddress(InetAddress.getLoopbackAddress(), port), credentials)
              .permitKeepAliveTime(1, TimeUnit.SECONDS)
              .addService(ServerInterceptors.intercept(new Feed(), new HeaderRecorder()))
              .build()
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    port = server.getPort();
  }

  /** Goes away as if killed; streams break. */
  public synchronized void stop() {
    Server running = server;
    if (running == null) {
      return;
    }
    server = null;
    running.shutdownNow();
    try {
      running.awaitTermination(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    streams.clear();
  }

  /** For {@code prism.session.feed.address}. */
  public String address() {
    return "dns:///127.0.0.1:" + port;
  }

  /** Tells of a session, now and in later snapshots. */
  public void tell(String sessionId, SessionCondition condition, long version) {
    SessionState state =
        SessionState.newBuilder()
            .setSessionId(sessionId)
            .setCondition(condition)
            .setVersion(version)
            .build();
    synchronized (streams) {
      if (condition == SessionCondition.SESSION_CONDITION_ACTIVE) {
        states.remove(sessionId);
      } else {
        states.put(sessionId, state);
      }
      send(SessionChange.newBuilder().addSessions(state).build());
    }
  }

  /** Says something as it is. */
  public void send(SessionChange change) {
    synchronized (streams) {
      streams.forEach(stream -> stream.onNext(change));
    }
  }

  /** Leaves a session out of later snapshots without telling. */
  public void forgetSilently(String sessionId) {
    states.remove(sessionId);
  }

  /** Whether reports are acknowledged; otherwise they are stored and nothing is said. */
  public void acknowledging(boolean acknowledging) {
    this.acknowledging = acknowledging;
  }

  /** Whether reports are stored; otherwise they are lost as if the stream had broken first. */
  public void storing(boolean storing) {
    this.storing = storing;
  }

  /** Breaks all streams with UNAVAILABLE. */
  public void breakStreams() {
    synchronized (streams) {
      for (StreamObserver<SessionChange> stream : streams) {
        stream.onError(io.grpc.Status.UNAVAILABLE.asRuntimeException());
      }
      streams.clear();
    }
  }

  /** How many streams are open. */
  public int openStreams() {
    return streams.size();
  }

  /** How many streams were opened so far. */
  public int streamsOpened() {
    return streamsOpened.get();
  }

  /** The reports, each number of an instance once. */
  public List<ServiceReport> reports() {
    return List.copyOf(stored);
  }

  /** The metadata of each stream. */
  public List<Metadata> headers() {
    return List.copyOf(headers);
  }

  /** What was reported of a session, in order. */
  public List<SessionUsage> usageOf(String sessionId) {
    return stored.stream()
        .flatMap(report -> report.getUsageList().stream())
        .filter(usage -> usage.getSessionId().equals(sessionId))
        .toList();
  }

  /** All calls reported of a session. */
  public long requestsOf(String sessionId) {
    return usageOf(sessionId).stream().mapToLong(SessionUsage::getRequests).sum();
  }

  @Override
  public void close() {
    stop();
  }

  private void store(ServiceReport report) {
    Long last = lastSequence.get(report.getInstanceId());
    if (last == null || report.getSequence() > last) {
      lastSequence.put(report.getInstanceId(), report.getSequence());
      stored.add(report);
    }
  }

  private final class Feed extends SessionFeedGrpc.SessionFeedImplBase {

    @Override
    public StreamObserver<ServiceReport> sync(StreamObserver<SessionChange> changes) {
      streamsOpened.incrementAndGet();
      synchronized (streams) {
        changes.onNext(
            SessionChange.newBuilder()
                .addAllSessions(new ArrayList<>(states.values()))
                .setSnapshotComplete(true)
                .build());
        streams.add(changes);
      }
      return new StreamObserver<>() {
        @Override
        public void onNext(ServiceReport report) {
          if (!storing) {
            return;
          }
          store(report);
          if (acknowledging) {
            synchronized (streams) {
              if (streams.contains(changes)) {
                changes.onNext(
                    SessionChange.newBuilder()
                        .setAcknowledgedSequence(report.getSequence())
                        .build());
              }
            }
          }
        }

        @Override
        public void onError(Throwable failure) {
          streams.remove(changes);
        }

        @Override
        public void onCompleted() {
          streams.remove(changes);
          changes.onCompleted();
        }
      };
    }
  }

  private final class HeaderRecorder implements ServerInterceptor {
    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, R> call, Metadata metadata, ServerCallHandler<Q, R> next) {
      headers.add(metadata);
      return next.startCall(call, metadata);
    }
  }
}
