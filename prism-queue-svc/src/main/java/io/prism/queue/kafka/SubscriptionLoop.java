package io.prism.queue.kafka;

import io.prism.queue.domain.PositionChange;
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
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
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
  private static final long MIN_POLL_MILLIS = 10;
  private static final Duration COMMIT_LIMIT = Duration.ofSeconds(3);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(3);

  private final Consumer<byte[], byte[]> consumer;
  private final Subscription subscription;
  private final Subscriptions subscriptions;
  private final SubscriptionRequest request;
  private final SubscriptionTuning tuning;
  private final DeadLetters deadLetters;
  private final String topic;
  private final Duration pollLimit;
  private final TopicWatch watch;

  /** Where new messages begin, by partition; what is read below was delivered before. */
  private final Map<Integer, Long> readTo = new HashMap<>();

  private final Set<Integer> rereading = new HashSet<>();
  private boolean joined;
  private boolean committing;
  private long nextCommitMillis;

  SubscriptionLoop(
      Consumer<byte[], byte[]> consumer,
      Subscription subscription,
      Subscriptions subscriptions,
      DeadLetters deadLetters,
      TopicWatch watch,
      SubscriptionTuning tuning) {
    this.consumer = consumer;
    this.subscription = subscription;
    this.subscriptions = subscriptions;
    this.request = subscription.request();
    this.tuning = tuning;
    this.deadLetters = deadLetters;
    this.watch = watch;
    this.topic = request.topic().stored();
    this.pollLimit = pollLimit(request.redelivery().ackTimeout(), tuning.commitInterval());
    subscription.onWakeUp(consumer::wakeup);
  }

  /** Often enough for commits, and to notice in good time that a message is overdue. */
  private static Duration pollLimit(@Nullable Duration ackTimeout, Duration commitInterval) {
    if (ackTimeout == null) {
      return commitInterval;
    }
    long quarter = Math.max(MIN_POLL_MILLIS, ackTimeout.toMillis() / 4);
    return Duration.ofMillis(Math.min(quarter, commitInterval.toMillis()));
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
      watch.look().ifPresent(this::readNewPartitions);
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

  /** A group is given new partitions by its coordinator; a reader without one takes them itself. */
  private void readNewPartitions(int count) {
    Set<TopicPartition> known = consumer.assignment();
    if (request.group() != null || count <= known.size()) {
      return;
    }
    Set<TopicPartition> all = new HashSet<>(known);
    List<TopicPartition> added =
        IntStream.range(0, count)
            .mapToObj(number -> new TopicPartition(topic, number))
            .filter(all::add)
            .toList();
    consumer.assign(all);
    consumer.seekToBeginning(added);
    added.forEach(partition -> subscription.assign(partition.partition()));
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
    for (PositionChange c = subscription.nextChange(); c != null; c = subscription.nextChange()) {
      change(c);
    }
    boolean more = subscription.wantsMore();
    Map<Integer, Long> due = subscription.due();
    if (more || !due.isEmpty() || !awaitRoom()) {
      pauseOrResume(more, due);
      take(consumer.poll(more || !due.isEmpty() ? pollLimit : Duration.ZERO), more);
    }
    commitAcknowledged();
  }

  private boolean awaitRoom() {
    try {
      return subscription.awaitRoom(POLL_WHILE_FULL_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      subscription.end();
      return true;
    }
  }

  /** Only what is wanted is fetched; what is due is read again from where it lies. */
  private void pauseOrResume(boolean more, Map<Integer, Long> due) {
    BitSet beyond = subscription.partitionsBeyond(tuning.maxSpan());
    if (more && beyond.isEmpty() && due.isEmpty() && consumer.paused().isEmpty()) {
      return;
    }
    Set<TopicPartition> paused = new HashSet<>();
    Set<TopicPartition> resumed = new HashSet<>();
    for (TopicPartition partition : consumer.assignment()) {
      Long lowest = due.get(partition.partition());
      boolean wanted = more && !beyond.get(partition.partition());
      (wanted || lowest != null ? resumed : paused).add(partition);
      if (lowest != null && lowest < consumer.position(partition)) {
        consumer.seek(partition, lowest);
        rereading.add(partition.partition());
      }
    }
    consumer.pause(paused);
    consumer.resume(resumed);
  }

  private void take(ConsumerRecords<byte[], byte[]> records, boolean more) {
    if (records.isEmpty()) {
      return;
    }
    List<ReceivedMessage> messages = new ArrayList<>(records.count());
    for (TopicPartition partition : records.partitions()) {
      take(partition, records.records(partition), more, messages);
    }
    subscription.offer(messages);
    subscription.drain();
  }

  private void take(
      TopicPartition partition,
      List<ConsumerRecord<byte[], byte[]>> records,
      boolean more,
      List<ReceivedMessage> messages) {
    int number = partition.partition();
    long end = readTo.getOrDefault(number, -1L);
    if (rereading.remove(number)) {
      subscription.goneBelow(number, records.getFirst().offset());
    }
    for (ConsumerRecord<byte[], byte[]> record : records) {
      if (record.offset() < end) {
        takeAgain(record);
      } else if (more) {
        messages.add(KafkaRecords.message(record, 1));
        end = record.offset() + 1;
      } else {
        consumer.seek(partition, record.offset());
        break;
      }
    }
    readTo.put(number, end);
  }

  private void takeAgain(ConsumerRecord<byte[], byte[]> record) {
    int attempts = subscription.readAgain(record.partition(), record.offset());
    if (attempts == 0) {
      return;
    }
    if (attempts < request.redelivery().maxAttempts()) {
      subscription.offerAgain(KafkaRecords.message(record, attempts + 1));
    } else {
      deadLetters.settle(subscription, record, attempts);
    }
  }

  private void change(PositionChange change) {
    Map<TopicPartition, OffsetAndMetadata> positions = new HashMap<>();
    try {
      for (Map.Entry<Integer, Long> wanted : change.positions().entrySet()) {
        TopicPartition partition = new TopicPartition(topic, wanted.getKey());
        if (!subscription.owns(wanted.getKey())) {
          change.notMine();
          return;
        }
        positions.put(
            partition, new OffsetAndMetadata(changed(change.kind(), partition, wanted.getValue())));
      }
      commitOrFail(positions);
      Map<Integer, Long> result = new HashMap<>();
      positions.forEach((partition, at) -> result.put(partition.partition(), at.offset()));
      change.result().complete(result);
    } catch (CommitFailedException | RebalanceInProgressException e) {
      log.debug("group of {} changes", topic, e);
      change.notMine();
    } catch (KafkaException e) {
      change.result().completeExceptionally(KafkaFailures.unavailable(e));
    }
  }

  private long changed(PositionChange.Kind kind, TopicPartition partition, long wanted) {
    int number = partition.partition();
    long position = wanted;
    switch (kind) {
      case SEEK -> {
        subscription.assign(number);
        readTo.put(number, wanted);
        consumer.seek(partition, wanted);
      }
      case COMMIT -> {
        long reached = consumer.position(partition);
        // Before anything is read, the position itself is what is committed; it never goes back.
        boolean untouched = !readTo.containsKey(number);
        position =
            subscription.acknowledgeBelow(number, untouched ? Math.max(reached, wanted) : wanted);
        if (reached < wanted) {
          readTo.merge(number, wanted, Math::max);
          consumer.seek(partition, wanted);
        }
      }
    }
    return position;
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
      commitOrFail(positions);
    } catch (KafkaException e) {
      log.debug("committing {} failed", topic, e);
    }
  }

  private void commitOrFail(Map<TopicPartition, OffsetAndMetadata> positions) {
    try {
      consumer.commitSync(positions, COMMIT_LIMIT);
    } catch (WakeupException e) {
      consumer.commitSync(positions, COMMIT_LIMIT);
    }
    committed(positions);
  }

  /** Commits and leaves the group, so that its partitions go to other members at once. */
  @Override
  public void close() {
    subscriptions.remove(subscription);
    try {
      commitNow(uncommitted());
    } finally {
      subscription.over();
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
      partitions.forEach(partition -> forget(partition.partition()));
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
      partitions.forEach(partition -> forget(partition.partition()));
      partitions.forEach(partition -> subscription.revoke(partition.partition()));
    }

    private void forget(int partition) {
      readTo.remove(partition);
      rereading.remove(partition);
    }
  }
}
