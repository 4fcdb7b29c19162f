package io.prism.pubsub.nats;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.Message;
import io.prism.pubsub.domain.Interest;
import io.prism.pubsub.domain.SubscriberCounts;
import io.prism.pubsub.domain.Topic;
import io.prism.pubsub.internal.v1.Announcement;
import io.prism.pubsub.internal.v1.AnnouncementKind;
import io.prism.pubsub.internal.v1.SnapshotRequest;
import io.prism.starter.error.PrismException;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is subscribed to at all instances, which NATS does not tell: each announces its own
 * subscriptions to the others, on subjects that no namespace begins with. Thread-safe; never blocks
 * for long.
 *
 * <p>A subscription is announced on the same connection before the round trip that makes it live,
 * so the others are about to hear of it when its client does.
 */
final class SubscriberRegistry implements AutoCloseable {

  static final String ANNOUNCEMENTS = "_PRISM.pubsub.v1.interest";
  static final String REQUESTS = "_PRISM.pubsub.v1.snapshot";

  private static final Logger log = LoggerFactory.getLogger(SubscriberRegistry.class);
  private static final long MIN_SNAPSHOT_MILLIS = 100;
  private static final int MAX_INSTANCES = 1000;

  private final NatsLink link;
  private final Duration forgetAfter;
  private final String instanceId = UUID.randomUUID().toString();
  private final SubscriberCounts counts = new SubscriberCounts();
  private final ScheduledExecutorService scheduler;

  // All that follows is guarded by the lock.
  private final ReentrantLock lock = new ReentrantLock();
  private final Announcements announcements = new Announcements(instanceId);
  private final Map<Interest, Integer> own = new HashMap<>();
  private final Map<String, RemoteInstance> others = new HashMap<>();
  private boolean snapshotDue;

  SubscriberRegistry(NatsLink link, Duration heartbeat, Duration forgetAfter) {
    this.link = link;
    this.forgetAfter = forgetAfter;
    scheduler =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("prism-pubsub-registry").daemon().factory());
    ScheduledFuture<?> _ =
        scheduler.scheduleAtFixedRate(
            this::beat, heartbeat.toMillis(), heartbeat.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** How many subscribers a topic has, over all instances. */
  int matching(Topic topic) {
    return counts.matching(topic);
  }

  /** There is another subscription at this instance. */
  void add(Interest interest) {
    change(interest, 1);
  }

  /** There is one less. */
  void remove(Interest interest) {
    change(interest, -1);
  }

  private void change(Interest interest, int difference) {
    counts.change(interest, difference);
    lock.lock();
    try {
      int count = own.merge(interest, difference, Integer::sum);
      if (count == 0) {
        own.remove(interest);
      }
      say(announcements.change(interest, count));
    } finally {
      lock.unlock();
    }
  }

  /** There is a new connection. */
  void connected(Connection connection) {
    Dispatcher dispatcher = connection.createDispatcher();
    dispatcher.subscribe(ANNOUNCEMENTS, this::heard);
    dispatcher.subscribe(REQUESTS, this::asked);
    reconnected();
  }

  /** What was said meanwhile is missing, here and there. */
  void reconnected() {
    lock.lock();
    try {
      long now = System.nanoTime();
      others.values().forEach(other -> other.excuse(now));
      ask("");
      sayAll();
    } finally {
      lock.unlock();
    }
  }

  private void heard(Message message) {
    try {
      Announcement said = Announcement.parseFrom(message.getData());
      if (!said.getInstanceId().equals(instanceId)) {
        hear(said);
      }
    } catch (InvalidProtocolBufferException | PrismException e) {
      log.warn("what came on {} is no announcement", ANNOUNCEMENTS, e);
    }
  }

  private void hear(Announcement said) {
    lock.lock();
    try {
      String id = said.getInstanceId();
      if (said.getKind() == AnnouncementKind.ANNOUNCEMENT_KIND_LEAVING) {
        forget(id);
      } else if (others.containsKey(id) || others.size() < MAX_INSTANCES) {
        RemoteInstance other = others.computeIfAbsent(id, any -> new RemoteInstance(counts));
        if (!other.hear(said, System.nanoTime())) {
          ask(id);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private void forget(String id) {
    RemoteInstance gone = others.remove(id);
    if (gone != null) {
      gone.forget();
    }
  }

  private void asked(Message message) {
    try {
      String asked = SnapshotRequest.parseFrom(message.getData()).getInstanceId();
      if (asked.isEmpty() || asked.equals(instanceId)) {
        scheduleSnapshot();
      }
    } catch (InvalidProtocolBufferException e) {
      log.warn("what came on {} is no request", REQUESTS, e);
    }
  }

  /** However many ask, there are ten snapshots a second at most. */
  private void scheduleSnapshot() {
    lock.lock();
    try {
      if (!snapshotDue && !scheduler.isShutdown()) {
        snapshotDue = true;
        ScheduledFuture<?> _ =
            scheduler.schedule(this::sayAllDue, MIN_SNAPSHOT_MILLIS, TimeUnit.MILLISECONDS);
      }
    } finally {
      lock.unlock();
    }
  }

  private void sayAllDue() {
    lock.lock();
    try {
      snapshotDue = false;
      sayAll();
    } finally {
      lock.unlock();
    }
  }

  private void sayAll() {
    announcements.snapshot(own).forEach(this::say);
  }

  private void beat() {
    lock.lock();
    try {
      say(announcements.heartbeat());
      if (link.isConnected()) {
        long limit = System.nanoTime() - forgetAfter.toNanos();
        others.entrySet().stream()
            .filter(other -> other.getValue().isSilentSince(limit))
            .map(Map.Entry::getKey)
            .toList()
            .forEach(this::forget);
      }
    } finally {
      lock.unlock();
    }
  }

  private void ask(String id) {
    send(REQUESTS, SnapshotRequest.newBuilder().setInstanceId(id).build());
  }

  private void say(Announcement announcement) {
    send(ANNOUNCEMENTS, announcement);
  }

  /** What is not sent is missed by its number, or said again when there is a connection. */
  private void send(String subject, MessageLite message) {
    try {
      link.connected().publish(subject, message.toByteArray());
    } catch (IOException | IllegalStateException e) {
      log.trace("not sent", e);
    }
  }

  @Override
  public void close() {
    scheduler.shutdownNow();
    lock.lock();
    try {
      say(announcements.leaving());
    } finally {
      lock.unlock();
    }
  }
}
