package io.prism.pubsub.domain;

import io.prism.pubsub.domain.EventBroker.Feed;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One stream's events between the broker and the client. Thread-safe.
 *
 * <p>The broker's threads {@link #receive}; they and the transport call {@link #drain}, and one of
 * them at a time sends. Nobody waits: what the client does not take stays in a buffer that drops.
 */
public final class Subscription {

  private final String id = UUID.randomUUID().toString();
  private final SubscriptionRequest request;
  private final Sink sink;
  private final Traffic traffic;
  private final EventBuffer buffer;
  private final Consumer<Subscription> onEnd;
  private final AtomicInteger drains = new AtomicInteger();
  private final AtomicBoolean ended = new AtomicBoolean();
  private volatile @Nullable Instant createdAt;
  private volatile boolean open;
  private volatile @Nullable Feed feed;
  private volatile @Nullable Future<?> timer;
  // Written by the one thread that drains.
  private volatile long sent;

  Subscription(
      SubscriptionRequest request,
      Sink sink,
      Traffic traffic,
      BufferLimits limits,
      Consumer<Subscription> onEnd) {
    this.request = request;
    this.sink = sink;
    this.traffic = traffic;
    this.buffer = new EventBuffer(limits);
    this.onEnd = onEnd;
  }

  public String id() {
    return id;
  }

  public SubscriptionRequest request() {
    return request;
  }

  boolean isLive() {
    return createdAt != null && !ended.get();
  }

  /** As its session sees it; once it is live. */
  SubscriptionInfo info() {
    GroupName group = request.interest().group();
    Instant since = createdAt;
    return new SubscriptionInfo(
        id,
        request.interest().pattern().name(),
        group == null ? null : group.name(),
        since == null ? Instant.EPOCH : since,
        sent,
        isLive());
  }

  /** The broker delivers. */
  void receive(Event event) {
    int dropped = buffer.add(event);
    if (dropped > 0) {
      traffic.dropped(request, dropped);
    }
    drain();
  }

  void feedBy(Feed source) {
    feed = source;
    if (ended.get()) {
      source.close();
    }
  }

  void endBy(Future<?> limit) {
    timer = limit;
    if (ended.get()) {
      limit.cancel(false);
    }
  }

  /** The feed is live: the client may be told so, and get events. */
  void open(Instant now) {
    // Whoever knows the id may use it.
    createdAt = now;
    // Before the first event, which would otherwise send headers without the id.
    sink.open(id);
    open = true;
    drain();
  }

  /** Sends what waits, as far as the client takes it. */
  public void drain() {
    if (drains.getAndIncrement() != 0) {
      return;
    }
    int seen = 1;
    do {
      sendWhileReady();
      seen = drains.addAndGet(-seen);
    } while (seen != 0);
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // One thread at a time.
  private void sendWhileReady() {
    Integer most = request.maxMessages();
    while (open && isLive() && sink.isReady()) {
      Event event = buffer.poll();
      if (event == null) {
        return;
      }
      sink.send(id, event);
      traffic.delivered();
      sent++;
      if (most != null && sent >= most) {
        complete();
      }
    }
  }

  /** Whether nothing waits for the client. */
  boolean isDrained() {
    return ended.get() || buffer.isEmpty();
  }

  /** Receives nothing more, so that other members of the group get it; sends what it has. */
  void leaveGroup() {
    Feed source = feed;
    if (source != null && request.interest().group() != null) {
      source.close();
    }
  }

  /** Ends the stream with OK. */
  void complete() {
    if (end()) {
      sink.complete();
    }
  }

  void fail(Throwable failure) {
    if (end()) {
      sink.fail(failure);
    }
  }

  /** The stream is over, by whichever side; false when that was known. */
  public boolean end() {
    if (!ended.compareAndSet(false, true)) {
      return false;
    }
    Feed source = feed;
    if (source != null) {
      source.close();
    }
    Future<?> limit = timer;
    if (limit != null) {
      limit.cancel(false);
    }
    buffer.close();
    onEnd.accept(this);
    return true;
  }
}
