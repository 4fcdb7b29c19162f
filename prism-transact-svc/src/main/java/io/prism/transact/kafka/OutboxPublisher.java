package io.prism.transact.kafka;

import io.prism.transact.domain.OutboxBinding;
import io.prism.transact.domain.StoredMessage;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.Producer;
import org.jspecify.annotations.Nullable;

/**
 * Publishes pieces of a mailbox in order. After the first failure nothing more goes out: a message
 * that arrived before one that is repeated later would be out of order for good.
 */
final class OutboxPublisher implements AutoCloseable {

  private final Producer<byte[], byte[]> producer;
  private final OutboxBinding binding;
  private volatile boolean failed;

  OutboxPublisher(Producer<byte[], byte[]> producer, OutboxBinding binding) {
    this.producer = producer;
    this.binding = binding;
  }

  /** Whether it can publish no more. */
  boolean hasFailed() {
    return failed;
  }

  /** Returns the sequence up to which all are published; throws when it is none of them. */
  long publish(List<StoredMessage> messages) throws InterruptedException {
    Progress progress = new Progress(messages.size());
    for (StoredMessage message : messages) {
      long sequence = message.id().sequence();
      if (progress.failure.get() != null) {
        progress.left.countDown();
        continue;
      }
      try {
        var _ =
            producer.send(
                OutboxRecords.record(binding, message),
                (metadata, failure) -> progress.done(sequence, failure));
      } catch (RuntimeException e) {
        progress.done(sequence, e);
      }
    }
    progress.left.await();
    Exception failure = progress.failure.get();
    if (failure != null && progress.last == 0) {
      throw new IllegalStateException("message " + messages.getFirst().id().sequence(), failure);
    }
    return progress.last;
  }

  @Override
  public void close() {
    producer.close(Duration.ZERO);
  }

  private final class Progress {

    private final CountDownLatch left;
    private final AtomicReference<Exception> failure = new AtomicReference<>();
    private volatile long last;

    Progress(int count) {
      left = new CountDownLatch(count);
    }

    /**
     * Called in the order of the messages: they are all of one partition, one request at a time.
     */
    void done(long sequence, @Nullable Exception why) {
      if (why == null && failure.get() == null) {
        last = sequence;
      } else if (why != null && failure.compareAndSet(null, why)) {
        failed = true;
        // On the thread that sends: what waits behind this one is not sent any more.
        producer.close(Duration.ZERO);
      }
      left.countDown();
    }
  }
}
