package io.prism.starter.auth;

import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.MetadataUtils;
import io.prism.session.internal.v1.ServiceReport;
import io.prism.session.internal.v1.SessionChange;
import io.prism.session.internal.v1.SessionFeedGrpc;
import io.prism.session.internal.v1.SessionState;
import io.prism.session.internal.v1.SessionUsage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Keeps one stream to session-svc open: reports the use of sessions, takes in their changes.
 *
 * <p>A report is kept until session-svc has acknowledged it, and sent again with the same number on
 * the next stream, so use is counted once however often the stream breaks.
 */
public final class SessionFeedClient implements SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(SessionFeedClient.class);
  private static final Duration FIRST_BACKOFF = Duration.ofMillis(200);
  private static final Duration LAST_BACKOFF = Duration.ofSeconds(5);
  private static final Duration LAST_REPORT_LIMIT = Duration.ofSeconds(2);

  private final SessionRegistry registry;
  private final SessionProperties.Feed properties;
  private final Supplier<ManagedChannel> channels;
  private final @Nullable String internalToken;
  private final List<String> services;
  private final List<String> features;
  private final String instanceId = UUID.randomUUID().toString();

  private volatile @Nullable ScheduledExecutorService scheduler;

  // Everything below is touched only by the scheduler's one thread.
  private @Nullable ManagedChannel channel;
  private @Nullable Stream stream;
  private @Nullable ServiceReport unacknowledged;
  private @Nullable CompletableFuture<Void> lastReport;
  private boolean lastReportSent;
  private boolean toldDown;
  private long sequence;
  private Duration backoff = FIRST_BACKOFF;

  /**
   * @param channels opens a channel to session-svc
   * @param internalToken {@code prism.internal.token}, or null when mutual TLS stands for it
   * @param services full names of the gRPC services that this instance serves
   * @param features notable features that clients see in {@code supported_features}
   */
  public SessionFeedClient(
      SessionRegistry registry,
      SessionProperties.Feed properties,
      Supplier<ManagedChannel> channels,
      @Nullable String internalToken,
      List<String> services,
      List<String> features) {
    this.registry = registry;
    this.properties = properties;
    this.channels = channels;
    this.internalToken = internalToken;
    this.services = services;
    this.features = features;
  }

  @Override
  public synchronized void start() {
    if (scheduler != null) {
      return;
    }
    ScheduledExecutorService started =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("prism-session-feed").daemon().factory());
    // Here, so that an address that is none stops the start.
    ManagedChannel opened = channels.get();
    scheduler = started;
    started.execute(
        () -> {
          channel = opened;
          lastReport = null;
          lastReportSent = false;
          open();
        });
    long millis = properties.reportInterval().toMillis();
    ScheduledFuture<?> _ =
        started.scheduleWithFixedDelay(this::beat, millis, millis, TimeUnit.MILLISECONDS);
  }

  /** Stops once the last use is acknowledged, or after two seconds. */
  @Override
  public synchronized void stop() {
    ScheduledExecutorService running = scheduler;
    if (running == null) {
      return;
    }
    CompletableFuture<Void> last = new CompletableFuture<>();
    running.execute(
        () -> {
          lastReport = last;
          finish();
        });
    try {
      last.get(LAST_REPORT_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      log.warn("the last use of sessions is not reported: session-svc does not answer");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    scheduler = null;
    running.execute(
        () -> {
          stream = null;
          if (channel != null) {
            channel.shutdownNow();
          }
        });
    running.shutdown();
  }

  /** Sends the last report when nothing else is under way, and tells when it has arrived. */
  private void finish() {
    CompletableFuture<Void> last = lastReport;
    if (last == null) {
      return;
    }
    if (stream == null || (unacknowledged == null && lastReportSent)) {
      last.complete(null);
    } else if (unacknowledged == null) {
      lastReportSent = true;
      report();
    }
  }

  @Override
  public boolean isRunning() {
    return scheduler != null;
  }

  /** Before the server starts; after it has stopped, so that the last use is reported. */
  @Override
  public int getPhase() {
    return Integer.MAX_VALUE - 1;
  }

  private void open() {
    ManagedChannel open = channel;
    if (open == null || stream != null) {
      return;
    }
    Stream opening = new Stream();
    stream = opening;
    try {
      // Otherwise the channel's own back-off, of minutes after a long outage, comes on top of ours.
      open.resetConnectBackoff();
      SessionFeedGrpc.newStub(open).withInterceptors(credentials()).sync(opening);
      send(nextReport(true));
    } catch (RuntimeException e) {
      ended(opening, String.valueOf(e.getMessage()));
    }
  }

  private io.grpc.ClientInterceptor credentials() {
    Metadata headers = new Metadata();
    if (internalToken != null) {
      headers.put(InternalGuard.TOKEN, internalToken);
    }
    return MetadataUtils.newAttachHeadersInterceptor(headers);
  }

  private void beat() {
    try {
      Stream current = stream;
      if (current == null) {
        return;
      }
      if (current.isSilentFor(properties.silenceTimeout())) {
        current.cancel("silent for " + properties.silenceTimeout());
        return;
      }
      report();
    } catch (RuntimeException e) {
      log.error("reporting the use of sessions failed", e);
    }
  }

  private void report() {
    if (stream != null && unacknowledged == null) {
      send(nextReport(false));
    }
  }

  /** The report that is still unacknowledged, or else a new one. */
  private ServiceReport nextReport(boolean first) {
    if (unacknowledged == null) {
      List<SessionUsage> usage = registry.takeUsage();
      unacknowledged =
          ServiceReport.newBuilder()
              .setInstanceId(instanceId)
              .setSequence(++sequence)
              .addAllUsage(usage)
              .build();
    }
    return first
        ? unacknowledged.toBuilder().addAllServices(services).addAllFeatures(features).build()
        : unacknowledged;
  }

  private void send(ServiceReport report) {
    Stream current = stream;
    if (current != null) {
      current.send(report);
    }
  }

  private void take(Stream source, SessionChange change) {
    if (source != stream) {
      return;
    }
    source.heard();
    if (source.snapshot != null) {
      source.snapshot.addAll(change.getSessionsList());
      if (change.getSnapshotComplete()) {
        registry.replace(source.snapshot);
        source.snapshot = null;
        backoff = FIRST_BACKOFF;
        toldDown = false;
        log.info("session feed is up");
      }
    } else {
      registry.apply(change.getSessionsList());
    }
    if (source.snapshot == null) {
      registry.refreshed();
    }
    if (unacknowledged != null
        && change.getAcknowledgedSequence() >= unacknowledged.getSequence()) {
      unacknowledged = null;
      finish();
    }
  }

  private void ended(Stream source, String why) {
    if (source != stream) {
      return;
    }
    stream = null;
    finish();
    ScheduledExecutorService running = scheduler;
    if (running == null) {
      return;
    }
    long delay =
        ThreadLocalRandom.current().nextLong(backoff.toMillis() / 2, backoff.toMillis() + 1);
    if (toldDown) {
      log.debug("session feed is still down, next try in {} ms: {}", delay, why);
    } else {
      log.warn("session feed is down, next try in {} ms: {}", delay, why);
      toldDown = true;
    }
    backoff =
        backoff.multipliedBy(2).compareTo(LAST_BACKOFF) > 0
            ? LAST_BACKOFF
            : backoff.multipliedBy(2);
    ScheduledFuture<?> _ = running.schedule(this::open, delay, TimeUnit.MILLISECONDS);
  }

  private void onScheduler(Runnable task) {
    ScheduledExecutorService running = scheduler;
    if (running == null) {
      return;
    }
    try {
      running.execute(task);
    } catch (RejectedExecutionException e) {
      // Stopped meanwhile.
    }
  }

  private final class Stream implements ClientResponseObserver<ServiceReport, SessionChange> {

    private @Nullable ClientCallStreamObserver<ServiceReport> requests;
    private @Nullable List<SessionState> snapshot = new ArrayList<>();
    private long heardNanos = System.nanoTime();

    void heard() {
      heardNanos = System.nanoTime();
    }

    boolean isSilentFor(Duration limit) {
      return System.nanoTime() - heardNanos > limit.toNanos();
    }

    void send(ServiceReport report) {
      if (requests != null) {
        requests.onNext(report);
      }
    }

    void cancel(String why) {
      if (requests != null) {
        requests.cancel(why, null);
      }
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<ServiceReport> requestStream) {
      requests = requestStream;
    }

    @Override
    public void onNext(SessionChange change) {
      onScheduler(() -> take(this, change));
    }

    @Override
    public void onError(Throwable failure) {
      onScheduler(() -> ended(this, String.valueOf(failure.getMessage())));
    }

    @Override
    public void onCompleted() {
      onScheduler(() -> ended(this, "ended by session-svc"));
    }
  }
}
