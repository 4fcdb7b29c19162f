package io.prism.bench.client;

import io.prism.bench.load.Attempt;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Messages on their way from a publisher to subscribers, each known by the number in it. */
public final class Deliveries {
  private final int subscribers;
  private final AtomicLong numbers = new AtomicLong();
  private final Map<Long, Delivery> underWay = new ConcurrentHashMap<>();
  private final byte[] filling = Payload.bytes();
  private volatile @Nullable Throwable over;

  private record Delivery(Attempt attempt, AtomicInteger left) {}

  /** Messages to one subscriber. */
  public Deliveries() {
    this(1);
  }

  /**
   * Messages to several subscribers, each of which receives them once.
   *
   * @param subscribers how many have to receive a message
   */
  public Deliveries(int subscribers) {
    this.subscribers = subscribers;
  }

  /** The payload that stands for an attempt, which succeeds when all have received the payload. */
  public byte[] payload(Attempt attempt) {
    long number = numbers.incrementAndGet();
    underWay.put(number, new Delivery(attempt, new AtomicInteger(subscribers)));
    Throwable failure = over;
    if (failure != null) {
      attempt.failed(failure);
    }
    byte[] payload = filling.clone();
    ByteBuffer.wrap(payload).putLong(number);
    return payload;
  }

  /** A message has arrived; when it comes again after the last, that is ignored. */
  public void received(ByteBuffer payload) {
    Long number = payload.getLong(payload.position());
    Delivery delivery = underWay.get(number);
    if (delivery != null && delivery.left().decrementAndGet() == 0) {
      underWay.remove(number);
      delivery.attempt().succeeded();
    }
  }

  /** Nothing will arrive any more. */
  public void failed(Throwable failure) {
    over = failure;
    underWay.values().forEach(delivery -> delivery.attempt().failed(failure));
  }
}
