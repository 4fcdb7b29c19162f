package io.prism.pubsub.nats;

import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.impl.Headers;
import io.prism.pubsub.domain.Event;
import io.prism.pubsub.domain.EventBroker;
import io.prism.pubsub.domain.EventIds;
import io.prism.pubsub.domain.EventRules;
import io.prism.pubsub.domain.GroupName;
import io.prism.pubsub.domain.Interest;
import io.prism.pubsub.domain.Topic;
import io.prism.starter.backend.BackendGuard;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries events over NATS; subjects and queue groups of NATS begin with the namespace. */
public final class NatsBroker implements EventBroker, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(NatsBroker.class);
  private static final long MAX_UNCONFIRMED_EVENTS = 20_000;
  private static final long MAX_UNCONFIRMED_BYTES = 64L * 1024 * 1024;
  private static final long MAX_PENDING_EVENTS = 100_000;
  private static final long MAX_PENDING_BYTES = 64L * 1024 * 1024;

  private final NatsLink link;
  private final BackendGuard guard;
  private final int dispatcherCount;
  private final NatsEvents encoding;
  private final SubscriberRegistry registry;
  private final PublishWindow window;
  private final Set<NatsFeed> feeds = ConcurrentHashMap.newKeySet();
  private final AtomicInteger turn = new AtomicInteger();
  private volatile @Nullable Wires wires;

  /** A connection and the threads that take events from it. */
  private record Wires(Connection connection, List<Dispatcher> dispatchers) {}

  public NatsBroker(NatsLink link, NatsSettings settings, BackendGuard guard, Clock clock) {
    this.link = link;
    this.guard = guard;
    this.dispatcherCount = settings.dispatchers();
    this.encoding = new NatsEvents(new EventIds(), clock);
    this.registry = new SubscriberRegistry(link, settings.heartbeat(), settings.forgetAfter());
    this.window = new PublishWindow(MAX_UNCONFIRMED_EVENTS, MAX_UNCONFIRMED_BYTES, link::roundTrip);
    link.start(new Rewiring());
  }

  @Override
  public int publish(Topic topic, Event event) {
    int subscribers = registry.matching(topic);
    Headers headers = NatsEvents.headers(event);
    guard.call("publish", () -> handOver(topic, event, headers));
    return subscribers;
  }

  private boolean handOver(Topic topic, Event event, Headers headers) throws IOException {
    Connection connection = link.connected();
    long size = event.payload().length + (long) headers.serializedLength();
    long most = connection.getMaxPayload();
    if (most > 0 && size > most) {
      throw EventRules.exceeded(
          "payload",
          size + " bytes with metadata (expected: at most " + most + ", the broker's max_payload)",
          most);
    }
    window.check();
    String replyTo = event.replyTo();
    connection.publish(
        topic.subject(),
        replyTo == null ? null : topic.namespace() + '.' + replyTo,
        headers,
        event.payload());
    window.handedOver(size);
    return true;
  }

  @Override
  public Feed subscribe(Interest interest, Consumer<Event> receiver) {
    NatsFeed feed = new NatsFeed(interest, receiver);
    feeds.add(feed);
    registry.add(interest);
    feed.live = guard.callAsync("subscribe", () -> begin(feed));
    return feed;
  }

  private CompletableFuture<Void> begin(NatsFeed feed) {
    Wires known = wires;
    if (known == null || !link.isConnected()) {
      return CompletableFuture.failedFuture(new IOException("not connected to NATS"));
    }
    feed.subscribe(known);
    return link.roundTrip();
  }

  /** How many events NATS brought faster than they were taken. */
  public double dropped() {
    Wires known = wires;
    return known == null
        ? 0
        : known.dispatchers().stream().mapToLong(Dispatcher::getDroppedCount).sum();
  }

  @Override
  public void close() {
    registry.close();
  }

  private final class Rewiring implements NatsLink.Listener {

    @Override
    public void connected(Connection connection) {
      List<Dispatcher> dispatchers = new ArrayList<>();
      for (int i = 0; i < dispatcherCount; i++) {
        Dispatcher dispatcher = connection.createDispatcher();
        dispatcher.setPendingLimits(MAX_PENDING_EVENTS, MAX_PENDING_BYTES);
        dispatchers.add(dispatcher);
      }
      Wires made = new Wires(connection, dispatchers);
      wires = made;
      feeds.forEach(feed -> feed.subscribe(made));
      registry.connected(connection);
    }

    @Override
    public void reconnected() {
      registry.reconnected();
    }
  }

  private final class NatsFeed implements Feed {

    private final Interest interest;
    private final Consumer<Event> receiver;
    private volatile CompletableFuture<Void> live = new CompletableFuture<>();

    // Guarded by this feed.
    private @Nullable Wires on;
    private io.nats.client.@Nullable Subscription subscription;
    private boolean closed;

    NatsFeed(Interest interest, Consumer<Event> receiver) {
      this.interest = interest;
      this.receiver = receiver;
    }

    /** Subscribes at a connection, unless it has done so. */
    synchronized void subscribe(Wires at) {
      if (closed || at.equals(on)) {
        return;
      }
      String namespace = interest.pattern().namespace();
      String subject = interest.pattern().subject();
      GroupName group = interest.group();
      List<Dispatcher> dispatchers = at.dispatchers();
      Dispatcher dispatcher =
          dispatchers.get(Math.floorMod(turn.getAndIncrement(), dispatchers.size()));
      io.nats.client.MessageHandler handler =
          message -> {
            if (!message.isStatusMessage()) {
              receiver.accept(encoding.event(namespace, message));
            }
          };
      subscription =
          group == null
              ? dispatcher.subscribe(subject, handler)
              : dispatcher.subscribe(subject, group.stored(), handler);
      on = at;
    }

    @Override
    public CompletableFuture<Void> live() {
      return live;
    }

    @Override
    public void close() {
      if (end()) {
        feeds.remove(this);
        registry.remove(interest);
      }
    }

    private synchronized boolean end() {
      if (closed) {
        return false;
      }
      closed = true;
      io.nats.client.Subscription known = subscription;
      Dispatcher dispatcher = known == null ? null : known.getDispatcher();
      if (dispatcher != null) {
        try {
          dispatcher.unsubscribe(known);
        } catch (IllegalStateException e) {
          log.trace("the connection is closed, and the subscription with it", e);
        }
      }
      return true;
    }
  }
}
