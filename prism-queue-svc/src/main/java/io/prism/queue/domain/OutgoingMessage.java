package io.prism.queue.domain;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A message to publish, already checked by {@link MessageRules}. */
public final class OutgoingMessage {

  private final byte[] payload;
  private final Map<String, String> headers;
  private final @Nullable String key;
  private final @Nullable Integer partition;

  /**
   * A message that owns its arguments: nobody changes them any more.
   *
   * @param key messages with the same key go to the same partition, unless {@code partition} says
   *     otherwise
   */
  public OutgoingMessage(
      byte[] payload,
      Map<String, String> headers,
      @Nullable String key,
      @Nullable Integer partition) {
    this.payload = payload;
    this.headers = headers;
    this.key = key;
    this.partition = partition;
  }

  public byte[] payload() {
    return payload;
  }

  public Map<String, String> headers() {
    return headers;
  }

  public @Nullable String key() {
    return key;
  }

  public @Nullable Integer partition() {
    return partition;
  }
}
