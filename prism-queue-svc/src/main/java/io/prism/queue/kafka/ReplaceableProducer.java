package io.prism.queue.kafka;

import java.time.Duration;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one producer of this instance, until it meets a fatal error; then another one. Thread-safe.
 *
 * <p>What the old one still has in hand it may finish in the background, so that a failure of one
 * caller's message costs no other caller his own.
 */
final class ReplaceableProducer implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(ReplaceableProducer.class);

  private final Supplier<Producer<byte[], byte[]>> factory;
  private final Duration closeLimit;
  private volatile Producer<byte[], byte[]> current;
  private boolean closed;

  ReplaceableProducer(Supplier<Producer<byte[], byte[]>> factory, Duration closeLimit) {
    this.factory = factory;
    this.closeLimit = closeLimit;
    this.current = factory.get();
  }

  Producer<byte[], byte[]> current() {
    return current;
  }

  /** Replaces a producer that cannot be used any more, once. */
  synchronized void replace(Producer<byte[], byte[]> broken, Throwable why) {
    if (closed || !current.equals(broken)) {
      return;
    }
    current = factory.get();
    log.warn("a producer met a fatal error and is replaced", why);
    Thread.startVirtualThread(() -> broken.close(closeLimit));
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    current.close(closeLimit);
  }
}
