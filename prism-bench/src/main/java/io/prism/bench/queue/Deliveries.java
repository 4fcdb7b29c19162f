package io.prism.bench.queue;

import io.prism.bench.client.Payload;
import io.prism.bench.load.Attempt;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Messages on their way from a publisher to a subscriber, each known by the number in it. */
final class Deliveries {
  private final AtomicLong numbers = new AtomicLong();
  private final Map<Long, Attempt> underWay = new ConcurrentHashMap<>();
  private final byte[] filling = Payload.bytes();
  private volatile @Nullable Throwable over;

  /** The payload that stands for an attempt, which succeeds when the payload is received. */
  byte[] payload(Attempt attempt) {
    long number = numbers.incrementAndGet();
    underWay.put(number, attempt);
    Throwable failure = over;
    if (failure != null) {
      attempt.failed(failure);
    }
    byte[] payload = filling.clone();
    ByteBuffer.wrap(payload).putLong(number);
    return payload;
  }

  /** A message has arrived; when it comes again, that is ignored. */
  void received(ByteBuffer payload) {
    Attempt attempt = underWay.remove(payload.getLong(payload.position()));
    if (attempt != null) {
      attempt.succeeded();
    }
  }

  /** Nothing will arrive any more. */
  void failed(Throwable failure) {
    over = failure;
    underWay.values().forEach(attempt -> attempt.failed(failure));
  }
}
