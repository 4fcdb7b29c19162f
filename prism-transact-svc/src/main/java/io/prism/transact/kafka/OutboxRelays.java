package io.prism.transact.kafka;

import io.micrometer.core.instrument.MeterRegistry;
import io.prism.transact.domain.Outbox;
import io.prism.transact.domain.OutboxBinding;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;

/** The relays of all bindings. Without a binding there is no client of Kafka. */
public final class OutboxRelays implements SmartLifecycle {

  private final @Nullable Admin admin;
  private final List<OutboxRelay> relays;
  private volatile boolean running;

  /**
   * @param interval between two looks into a mailbox that had nothing new
   * @param partitions of new topics
   * @param replicationFactor of new topics; -1 is the broker's default
   */
  public OutboxRelays(
      List<OutboxBinding> bindings,
      Outbox outbox,
      OutboxProducers clients,
      Duration interval,
      int partitions,
      short replicationFactor,
      MeterRegistry meters) {
    if (bindings.isEmpty()) {
      this.admin = null;
      this.relays = List.of();
      return;
    }
    this.admin = clients.admin();
    OutboxTopics topics =
        new OutboxTopics(admin, partitions, replicationFactor, clients.maxMessageBytes());
    this.relays =
        bindings.stream()
            .map(
                binding ->
                    new OutboxRelay(
                        binding,
                        outbox,
                        topics,
                        () -> new OutboxPublisher(clients.producer(), binding),
                        interval,
                        meters))
            .toList();
  }

  @Override
  public synchronized void start() {
    if (!running) {
      running = true;
      relays.forEach(OutboxRelay::start);
    }
  }

  @Override
  public synchronized void stop() {
    if (running) {
      running = false;
      relays.forEach(OutboxRelay::stop);
      if (admin != null) {
        admin.close(Duration.ZERO);
      }
    }
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  @Override
  public int getPhase() {
    return 0;
  }
}
