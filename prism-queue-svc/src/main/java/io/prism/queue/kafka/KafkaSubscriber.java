package io.prism.queue.kafka;

import io.prism.queue.domain.GroupName;
import io.prism.queue.domain.Sink;
import io.prism.queue.domain.Subscriber;
import io.prism.queue.domain.Subscription;
import io.prism.queue.domain.SubscriptionEvents;
import io.prism.queue.domain.SubscriptionRequest;
import io.prism.queue.domain.Subscriptions;
import io.prism.starter.error.CallReason;
import io.prism.starter.error.PrismException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Subscriptions by one Kafka consumer each, driven by a virtual thread of its own.
 *
 * <p>Plain consumers rather than Spring's listener containers: a stream begins and ends with its
 * client, decides itself when it can take more, and moves positions while it runs. A waiting
 * consumer holds no carrier thread, so that an instance can have many.
 */
public final class KafkaSubscriber implements Subscriber, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(KafkaSubscriber.class);

  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(8);
  private static final Duration RETRY_DELAY = Duration.ofSeconds(1);

  private final KafkaClients clients;
  private final KafkaTopics topics;
  private final StartOffsets startOffsets;
  private final Subscriptions subscriptions;
  private final SubscriptionEvents events;
  private final DeadLetters deadLetters;
  private final SubscriptionTuning tuning;
  private final Semaphore free;
  private final Set<Subscription> running = ConcurrentHashMap.newKeySet();
  private volatile boolean stopping;

  public KafkaSubscriber(
      KafkaClients clients,
      KafkaTopics topics,
      KafkaGroups groups,
      Subscriptions subscriptions,
      SubscriptionEvents events,
      KafkaPublisher publisher,
      SubscriptionTuning tuning) {
    this.clients = clients;
    this.topics = topics;
    this.startOffsets = new StartOffsets(topics, groups);
    this.subscriptions = subscriptions;
    this.events = events;
    this.deadLetters = new DeadLetters(publisher, events);
    this.tuning = tuning;
    this.free = new Semaphore(tuning.max());
  }

  @Override
  public Subscription subscribe(SubscriptionRequest request, Sink sink) {
    if (stopping) {
      throw PrismException.because(CallReason.DRAINING, "this instance is stopping")
          .retryAfter(RETRY_DELAY)
          .build();
    }
    if (!free.tryAcquire()) {
      throw PrismException.because(
              CallReason.OVERLOADED, "this instance has reached its limit of subscriptions")
          .with("limit", Integer.toString(tuning.max()))
          .retryAfter(RETRY_DELAY)
          .build();
    }
    Subscription subscription = new Subscription(request, sink, events);
    running.add(subscription);
    Thread.ofVirtual()
        .name("prism-subscription-" + request.topic().stored())
        .start(() -> runToItsEnd(subscription));
    return subscription;
  }

  private void runToItsEnd(Subscription subscription) {
    try {
      run(subscription);
    } catch (RuntimeException e) {
      fail(subscription, e);
    } finally {
      subscriptions.remove(subscription);
      running.remove(subscription);
      free.release();
    }
  }

  private void run(Subscription subscription) {
    SubscriptionRequest request = subscription.request();
    topics.ensure(request.topic(), request.topicSettings()).join();
    GroupName group = request.group();
    Map<Integer, Long> start;
    if (group == null) {
      start = startOffsets.ofReader(request).join();
    } else {
      startOffsets.applyToGroup(request, group).join();
      start = Map.of();
    }
    if (subscription.isEnded()) {
      return;
    }
    try (SubscriptionLoop loop =
        new SubscriptionLoop(
            clients.consumer(group == null ? null : group.stored()),
            subscription,
            subscriptions,
            deadLetters,
            new TopicWatch(topics, request.topic()),
            tuning)) {
      loop.run(start);
    }
  }

  /** Nothing more is delivered and no subscription begins; acknowledgements are still taken. */
  public void stopFetching() {
    stopping = true;
    running.forEach(Subscription::stopFetching);
  }

  /** Ends what still runs and waits until all have committed and left their groups. */
  @Override
  public void close() {
    stopFetching();
    running.forEach(Subscription::end);
    try {
      if (!free.tryAcquire(tuning.max(), CLOSE_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
        log.warn("{} subscriptions did not end in time", running.size());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void fail(Subscription subscription, RuntimeException failure) {
    Throwable cause = KafkaFailures.unwrapped(failure);
    subscription.fail(
        KafkaFailures.isOutage(cause)
            ? KafkaFailures.unavailable(cause)
            : KafkaFailures.translated(cause, subscription.request().topic()));
  }
}
