package io.prism.queue.domain;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A message on its way to a client. */
public final class ReceivedMessage {

  private final int partition;
  private final long offset;
  private final long timestampMillis;
  private final byte[] payload;
  private final Map<String, String> headers;
  private final @Nullable String producerId;
  private final int attempt;

  /**
   * A message that owns its arguments: nobody changes them any more.
   *
   * @param headers without those that tell who published it
   * @param producerId client id of the session that published it; null when it was not published
   *     through Prism
   * @param attempt which delivery this is, from 1
   */
  public ReceivedMessage(
      int partition,
      long offset,
      long timestampMillis,
      byte[] payload,
      Map<String, String> headers,
      @Nullable String producerId,
      int attempt) {
    this.partition = partition;
    this.offset = offset;
    this.timestampMillis = timestampMillis;
    this.payload = payload;
    this.headers = headers;
    this.producerId = producerId;
    this.attempt = attempt;
  }

  public int partition() {
    return partition;
  }

  public long offset() {
    return offset;
  }

  public long timestampMillis() {
    return timestampMillis;
  }

  public byte[] payload() {
    return payload;
  }

  public Map<String, String> headers() {
    return headers;
  }

  public @Nullable String producerId() {
    return producerId;
  }

  public int attempt() {
    return attempt;
  }
}
