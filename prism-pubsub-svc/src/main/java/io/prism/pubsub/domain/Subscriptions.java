package io.prism.pubsub.domain;

import io.prism.pubsub.domain.EventBroker.Feed;
import io.prism.starter.error.CallReason;
import io.prism.starter.error.PrismException;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The subscriptions of this instance. Thread-safe; never blocks. */
public final class Subscriptions implements AutoCloseable {

  private static final Duration RETRY_DELAY = Duration.ofMillis(200);
  private static final long LONGEST_MILLIS = Duration.ofDays(365).toMillis();
  private static final Executor LATER =
      CompletableFuture.delayedExecutor(20, TimeUnit.MILLISECONDS, Runnable::run);

  private final EventBroker broker;
  private final Replicas replicas;
  private final Traffic traffic;
  private final SubscriptionLimits limits;
  private final BufferLimits bufferLimits;
  private final Clock clock;
  private final ScheduledThreadPoolExecutor timers;
  private final AtomicInteger count = new AtomicInteger();
  private final Map<String, Set<Subscription>> bySession = new ConcurrentHashMap<>();
  private volatile boolean draining;

  public Subscriptions(
      EventBroker broker,
      Replicas replicas,
      Traffic traffic,
      SubscriptionLimits limits,
      BufferLimits bufferLimits,
      Clock clock) {
    this.broker = broker;
    this.replicas = replicas;
    this.traffic = traffic;
    this.limits = limits;
    this.bufferLimits = bufferLimits;
    this.clock = clock;
    this.timers =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().name("prism-pubsub-timers").daemon().factory());
    // A limit of a year must not keep a stream of a second in memory.
    timers.setRemoveOnCancelPolicy(true);
  }

  /**
   * Opens a subscription; {@link Sink#open} tells when it is live.
   *
   * @throws PrismException when there are too many, or this instance drains
   */
  public Subscription open(SubscriptionRequest request, Sink sink) {
    if (draining) {
      throw PrismException.because(CallReason.DRAINING, "this instance is stopping")
          .retryAfter(RETRY_DELAY)
          .build();
    }
    Subscription subscription = admitted(request, sink);
    try {
      feed(subscription);
    } catch (RuntimeException e) {
      subscription.end();
      throw e;
    }
    return subscription;
  }

  private void feed(Subscription subscription) {
    Feed feed = broker.subscribe(subscription.request().interest(), subscription::receive);
    subscription.feedBy(feed);
    var _ =
        feed.live()
            .whenComplete(
                (live, failure) -> {
                  if (failure == null) {
                    opened(subscription);
                  } else {
                    subscription.fail(failure);
                  }
                });
  }

  private Subscription admitted(SubscriptionRequest request, Sink sink) {
    if (count.incrementAndGet() > limits.max()) {
      count.decrementAndGet();
      throw PrismException.because(
              CallReason.OVERLOADED, "this instance has " + limits.max() + " subscriptions already")
          .retryAfter(RETRY_DELAY)
          .build();
    }
    String session = request.sessionId();
    Subscription subscription =
        new Subscription(request, sink, traffic, bufferLimits, this::remove);
    Set<Subscription> streams =
        bySession.compute(
            session,
            (id, known) -> {
              Set<Subscription> all = known == null ? ConcurrentHashMap.newKeySet() : known;
              if (all.size() < limits.maxPerSession()) {
                all.add(subscription);
              }
              return all;
            });
    if (!streams.contains(subscription)) {
      count.decrementAndGet();
      throw PrismException.because(
              PubSubReason.SUBSCRIPTION_LIMIT_EXCEEDED,
              "this session has " + limits.maxPerSession() + " subscriptions here already")
          .with("limit", Integer.toString(limits.maxPerSession()))
          .build();
    }
    replicas.announce(session);
    return subscription;
  }

  private void opened(Subscription subscription) {
    Duration limit = subscription.request().maxDuration();
    subscription.open(clock.instant());
    if (limit != null) {
      long millis =
          limit.compareTo(Duration.ofMillis(LONGEST_MILLIS)) > 0
              ? LONGEST_MILLIS
              : Math.max(1, limit.toMillis());
      subscription.endBy(timers.schedule(subscription::complete, millis, TimeUnit.MILLISECONDS));
    }
  }

  private void remove(Subscription subscription) {
    String session = subscription.request().sessionId();
    bySession.computeIfPresent(
        session,
        (id, streams) -> {
          streams.remove(subscription);
          return streams.isEmpty() ? null : streams;
        });
    count.decrementAndGet();
    replicas.withdraw(session);
  }

  /** Ends a subscription of a session, if it is here. */
  public boolean end(String sessionId, String subscriptionId) {
    for (Subscription subscription : ofSession(sessionId)) {
      if (subscription.id().equals(subscriptionId) && subscription.isLive()) {
        subscription.complete();
        return true;
      }
    }
    return false;
  }

  /** The subscriptions that a session has here, in no order. */
  public List<SubscriptionInfo> list(String sessionId) {
    return ofSession(sessionId).stream()
        .filter(Subscription::isLive)
        .map(Subscription::info)
        .toList();
  }

  private Collection<Subscription> ofSession(String sessionId) {
    return bySession.getOrDefault(sessionId, Set.of());
  }

  /** How many there are. */
  public int count() {
    return count.get();
  }

  /**
   * Takes no more subscriptions and leaves all groups; completes when what they have received is
   * sent, or after a time. Other subscriptions go on, since nobody receives in their place.
   */
  public CompletableFuture<Void> leaveGroups(Duration limit) {
    draining = true;
    bySession.values().forEach(streams -> streams.forEach(Subscription::leaveGroup));
    return drained(System.nanoTime() + limit.toNanos());
  }

  private CompletableFuture<Void> drained(long endNanos) {
    boolean done =
        bySession.values().stream()
            .allMatch(streams -> streams.stream().allMatch(Subscription::isDrained));
    if (done || System.nanoTime() - endNanos > 0) {
      return CompletableFuture.completedFuture(null);
    }
    return CompletableFuture.runAsync(() -> {}, LATER).thenCompose(later -> drained(endNanos));
  }

  @Override
  public void close() {
    timers.shutdownNow();
  }
}
