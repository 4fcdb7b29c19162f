package io.prism.queue.kafka;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.prism.queue.domain.GroupName;
import io.prism.queue.domain.Groups;
import io.prism.queue.domain.PartitionRange;
import io.prism.queue.domain.QueueReason;
import io.prism.queue.domain.Subscription;
import io.prism.queue.domain.Subscriptions;
import io.prism.queue.domain.TopicName;
import io.prism.queue.domain.Topics;
import io.prism.starter.error.PrismException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How far consumer groups are behind: the messages of a topic that a group has not committed.
 *
 * <p>Measures the groups that had a stream of this instance, also after the last of these has
 * ended: a group whose clients are gone is the one to notice. The groups that are furthest behind
 * have a gauge of their own, the others share one, so that clients cannot make series without
 * limit.
 */
public final class GroupLag implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(GroupLag.class);

  private static final int MAX_WATCHED = 1000;
  private static final String OTHERS = "(others)";

  private record Watched(GroupName group, TopicName topic) {}

  private record Lag(Watched of, long messages) {

    Row<Number> row() {
      return row(of.group().namespace(), of.topic().name(), of.group().name(), messages);
    }

    static Row<Number> row(String namespace, String topic, String group, long messages) {
      return Row.of(Tags.of("namespace", namespace, "topic", topic, "group", group), messages);
    }
  }

  private final Topics topics;
  private final Groups groups;
  private final Subscriptions subscriptions;
  private final MultiGauge gauge;
  private final int maxGroups;
  private final Cache<Watched, Watched> watched =
      Caffeine.newBuilder().maximumSize(MAX_WATCHED).build();
  private final ScheduledExecutorService scheduler =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("prism-queue-lag").daemon().factory());

  /**
   * @param interval between two measurements
   * @param maxGroups most groups with a gauge of their own
   */
  public GroupLag(
      Topics topics,
      Groups groups,
      Subscriptions subscriptions,
      MeterRegistry meters,
      Duration interval,
      int maxGroups) {
    this.topics = topics;
    this.groups = groups;
    this.subscriptions = subscriptions;
    this.maxGroups = maxGroups;
    this.gauge =
        MultiGauge.builder("prism.queue.group.lag")
            .description("messages of a topic that a consumer group has not committed")
            .register(meters);
    // One that ends before the next measurement is watched as well.
    subscriptions.observe(this::watch);
    ScheduledFuture<?> _ =
        scheduler.scheduleWithFixedDelay(
            this::measure, interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
  }

  void measure() {
    try {
      subscriptions.all().forEach(this::watch);
      List<Lag> lags = new ArrayList<>();
      for (Watched one : watched.asMap().keySet()) {
        measure(one, lags);
      }
      lags.sort(Comparator.comparingLong(Lag::messages).reversed());
      List<Row<?>> rows = new ArrayList<>();
      lags.stream().limit(maxGroups).map(Lag::row).forEach(rows::add);
      if (lags.size() > maxGroups) {
        long rest = lags.stream().skip(maxGroups).mapToLong(Lag::messages).sum();
        rows.add(Lag.row(OTHERS, OTHERS, OTHERS, rest));
      }
      gauge.register(rows, true);
    } catch (RuntimeException e) {
      log.warn("measuring the lag of groups failed", e);
    }
  }

  private void watch(Subscription subscription) {
    GroupName group = subscription.request().group();
    if (group != null) {
      Watched one = new Watched(group, subscription.request().topic());
      watched.put(one, one);
    }
  }

  /** A group that cannot be measured now has no gauge: none is better than an old one. */
  private void measure(Watched one, List<Lag> lags) {
    try {
      Map<Integer, Long> committed = groups.committed(one.group(), one.topic()).join();
      long messages = 0;
      for (PartitionRange range : topics.ranges(one.topic()).join()) {
        long position = Math.max(range.earliest(), committed.getOrDefault(range.partition(), 0L));
        messages += Math.max(0, range.latest() - position);
      }
      lags.add(new Lag(one, messages));
    } catch (CompletionException e) {
      if (e.getCause() instanceof PrismException known
          && known.reason() == QueueReason.TOPIC_NOT_FOUND) {
        watched.invalidate(one);
      }
      log.debug("the lag of {} is not known", one, e);
    }
  }

  @Override
  public void close() {
    scheduler.shutdownNow();
  }
}
