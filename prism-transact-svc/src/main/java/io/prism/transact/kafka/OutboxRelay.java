package io.prism.transact.kafka;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.prism.transact.domain.Outbox;
import io.prism.transact.domain.Outbox.Turn;
import io.prism.transact.domain.OutboxBinding;
import io.prism.transact.domain.StoredMessage;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes the messages of one mailbox to one topic, by sequence and at least once, in whichever
 * instance leads. What a relay that dies has published without saying so is published again.
 */
final class OutboxRelay {

  private static final Logger log = LoggerFactory.getLogger(OutboxRelay.class);
  private static final Duration LEAD_INTERVAL = Duration.ofSeconds(1);
  private static final Duration RETRY_DELAY = Duration.ofSeconds(1);
  private static final Duration MEASURE_INTERVAL = Duration.ofSeconds(1);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(10);

  private final OutboxBinding binding;
  private final Outbox outbox;
  private final OutboxTopics topics;
  private final Supplier<OutboxPublisher> publishers;
  private final Duration interval;
  private final Counter published;
  private final CountDownLatch stopping = new CountDownLatch(1);
  private volatile double lag = Double.NaN;
  private long nextMeasureNanos = System.nanoTime();
  private boolean troubled;
  private @Nullable Thread thread;

  OutboxRelay(
      OutboxBinding binding,
      Outbox outbox,
      OutboxTopics topics,
      Supplier<OutboxPublisher> publishers,
      Duration interval,
      MeterRegistry meters) {
    this.binding = binding;
    this.outbox = outbox;
    this.topics = topics;
    this.publishers = publishers;
    this.interval = interval;
    Tags tags =
        Tags.of(
            "namespace", binding.namespace(),
            "mailbox", binding.mailbox(),
            "topic", binding.topic());
    this.published = meters.counter("prism.transact.outbox.published", tags);
    Gauge.builder("prism.transact.outbox.lag", this, relay -> relay.lag)
        .tags(tags)
        .description("messages that are not published yet")
        .register(meters);
  }

  synchronized void start() {
    thread = Thread.ofVirtual().name("prism-outbox-" + binding.storedTopic()).start(this::run);
  }

  /** Stops after the piece in hand, and lets another instance lead. */
  synchronized void stop() {
    Thread running = thread;
    stopping.countDown();
    if (running == null) {
      return;
    }
    thread = null;
    try {
      if (!running.join(STOP_LIMIT)) {
        running.interrupt();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isStopping() {
    return stopping.getCount() == 0;
  }

  private void pause(Duration time) throws InterruptedException {
    var _ = stopping.await(time.toNanos(), TimeUnit.NANOSECONDS);
  }

  private void run() {
    while (!isStopping()) {
      try {
        Optional<Turn> turn = outbox.tryLead(binding);
        if (turn.isPresent()) {
          try (Turn leading = turn.get()) {
            publish(leading);
          }
        } else {
          measure();
          pause(LEAD_INTERVAL);
        }
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException | ExecutionException | TimeoutException e) {
        if (!waitAfter(e)) {
          return;
        }
      }
    }
  }

  private void publish(Turn turn)
      throws InterruptedException, ExecutionException, TimeoutException {
    log.info("publishing mailbox {} to {}", binding.mailbox(), binding.storedTopic());
    topics.ensure(binding.storedTopic());
    try (OutboxPublisher publisher = publishers.get()) {
      while (!isStopping()) {
        List<StoredMessage> messages = turn.next();
        if (!messages.isEmpty()) {
          long last = publisher.publish(messages);
          turn.published(last);
          published.increment((double) (last - messages.getFirst().id().sequence() + 1));
          if (publisher.hasFailed()) {
            throw new IllegalStateException("not all messages could be published");
          }
          troubled = false;
        }
        measure();
        if (messages.isEmpty()) {
          pause(interval);
        }
      }
    }
  }

  private void measure() {
    long now = System.nanoTime();
    if (now - nextMeasureNanos >= 0) {
      nextMeasureNanos = now + MEASURE_INTERVAL.toNanos();
      lag = (double) outbox.lag(binding);
    }
  }

  /** An outage is told once, and not again each second. */
  private boolean waitAfter(Exception failure) {
    if (troubled) {
      log.debug("mailbox {} cannot be published", binding.mailbox(), failure);
    } else {
      log.warn(
          "mailbox {} of {} cannot be published to {} now: {}",
          binding.mailbox(),
          binding.namespace(),
          binding.storedTopic(),
          failure.toString());
    }
    troubled = true;
    try {
      pause(RETRY_DELAY);
      measure();
      return true;
    } catch (InterruptedException e) {
      return false;
    } catch (RuntimeException e) {
      // The database is away too.
      return true;
    }
  }
}
