package io.prism.queue.kafka;

import io.prism.queue.domain.ReceivedMessage;
import io.prism.queue.domain.Subscription;
import io.prism.queue.domain.SubscriptionRequest;
import io.prism.queue.domain.Subscriptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads from Kafka for one subscription. All of it runs on one thread.
 *
 * <p>It polls whether or not the client takes anything: while the client is slow, nothing is
 * fetched, but the consumer stays a member of its group and takes part in rebalances.
 */
final class SubscriptionLoop implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(SubscriptionLoop.class);

  private static final long POLL_WHILE_FULL_MILLIS = 300;
  private static final Duration COMMIT_LIMIT = Duration.ofSeconds(3);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(3);

  private final Consumer<byte[], byte[]> consumer;
  private final Subscription subscription;
  private final Subscriptions subscriptions;
  private final SubscriptionRequest request;
  private final SubscriptionTuning tuning;
  private final String topic;
  private boolean joined;
  private boolean committing;
  private long nextCommitMillis;

  SubscriptionLoop(
      Consumer<byte[], byte[]> consumer,
      Subscription subscription,
      Subscriptions subscriptions,
      SubscriptionTuning tuning) {
    this.consumer = consumer;
    this.subscription = subscription;
    this.subscriptions = subscriptions;
    this.request = subscription.request();
    this.tuning = tuning;
    this.topic = request.topic().stored();
    subscription.onWakeUp(consumer::wakeup);
  }

  /**
   * Runs until the subscription ends.
   *
   * @param start where a reader without a group begins
   */
  void run(Map<Integer, Long> start) {
    if (request.group() == null) {
      read(start);
    } else {
      consumer.subscribe(Set.of(topic), new Membership());
    }
    long limit = nowMillis() + tuning.timeLimit().toMillis();
    while (!subscription.isEnded()) {
      try {
        step();
      } catch (WakeupException e) {
        log.trace("woken up", e);
      }
      if (!subscription.isLive()) {
        goLive(limit);
      }
    }
  }

  private void read(Map<Integer, Long> start) {
    Map<TopicPartition, Long> offsets = new HashMap<>();
    start.forEach((partition, offset) -> offsets.put(new TopicPartition(topic, partition), offset));
    consumer.assign(offsets.keySet());
    offsets.forEach(consumer::seek);
    start.keySet().forEach(subscription::assign);
    joined = true;
    goLive(Long.MAX_VALUE);
  }

  private void goLive(long limitMillis) {
    if (joined) {
      subscriptions.add(subscription);
      subscription.open();
    } else if (nowMillis() > limitMillis) {
      throw new TimeoutException("did not become a member of the group in time");
    }
  }

  private void step() {
    if (subscription.wantsMore()) {
      pauseOrResume();
      take(consumer.poll(tuning.commitInterval()));
    } else {
      awaitRoom();
    }
    commitAcknowledged();
  }

  private void awaitRoom() {
    try {
      subscription.awaitRoom(POLL_WHILE_FULL_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      subscription.end();
      return;
    }
    if (!subscription.wantsMore()) {
      consumer.pause(consumer.assignment());
      take(consumer.poll(Duration.ZERO));
    }
  }

  private void pauseOrResume() {
    BitSet beyond = subscription.partitionsBeyond(tuning.maxSpan());
    if (beyond.isEmpty() && consumer.paused().isEmpty()) {
      return;
    }
    Set<TopicPartition> paused = new HashSet<>();
    Set<TopicPartition> resumed = new HashSet<>();
    for (TopicPartition partition : consumer.assignment()) {
      (beyond.get(partition.partition()) ? paused : resumed).add(partition);
    }
    consumer.pause(paused);
    consumer.resume(resumed);
  }

  private void take(ConsumerRecords<byte[], byte[]> records) {
    if (records.isEmpty()) {
      return;
    }
    List<ReceivedMessage> messages = new ArrayList<>(records.count());
    for (ConsumerRecord<byte[], byte[]> record : records) {
      messages.add(KafkaRecords.message(record, 1));
    }
    subscription.offer(messages);
    subscription.drain();
  }

  private void commitAcknowledged() {
    long now = nowMillis();
    if (committing || request.group() == null || now < nextCommitMillis) {
      return;
    }
    nextCommitMillis = now + tuning.commitInterval().toMillis();
    Map<TopicPartition, OffsetAndMetadata> positions = uncommitted();
    if (positions.isEmpty()) {
      return;
    }
    committing = true;
    consumer.commitAsync(
        positions,
        (offsets, failure) -> {
          committing = false;
          if (failure == null) {
            committed(offsets);
          } else {
            // Tried again at the next interval; what is lost then is delivered again.
            log.debug("committing {} failed", topic, failure);
          }
        });
  }

  private Map<TopicPartition, OffsetAndMetadata> uncommitted() {
    Map<TopicPartition, OffsetAndMetadata> positions = new HashMap<>();
    subscription
        .uncommitted()
        .forEach(
            (partition, position) ->
                positions.put(
                    new TopicPartition(topic, partition), new OffsetAndMetadata(position)));
    return positions;
  }

  private void committed(Map<TopicPartition, OffsetAndMetadata> positions) {
    positions.forEach(
        (partition, position) -> subscription.committed(partition.partition(), position.offset()));
  }

  /** Commits at once; when that fails, the messages are delivered again. */
  private void commitNow(Map<TopicPartition, OffsetAndMetadata> positions) {
    if (request.group() == null || positions.isEmpty()) {
      return;
    }
    try {
      try {
        consumer.commitSync(positions, COMMIT_LIMIT);
      } catch (WakeupException e) {
        consumer.commitSync(positions, COMMIT_LIMIT);
      }
      committed(positions);
    } catch (KafkaException e) {
      log.debug("committing {} failed", topic, e);
    }
  }

  /** Commits and leaves the group, so that its partitions go to other members at once. */
  @Override
  public void close() {
    subscriptions.remove(subscription);
    try {
      commitNow(uncommitted());
    } finally {
      consumer.close(CloseOptions.timeout(CLOSE_LIMIT));
    }
  }

  private static long nowMillis() {
    return System.nanoTime() / 1_000_000;
  }

  /** What the group gives this member and takes from it; called within poll. */
  private final class Membership implements ConsumerRebalanceListener {

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      partitions.forEach(partition -> subscription.assign(partition.partition()));
      joined = true;
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      Map<TopicPartition, OffsetAndMetadata> positions = uncommitted();
      positions.keySet().retainAll(partitions);
      commitNow(positions);
      onPartitionsLost(partitions);
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
      partitions.forEach(partition -> subscription.revoke(partition.partition()));
    }
  }
}
