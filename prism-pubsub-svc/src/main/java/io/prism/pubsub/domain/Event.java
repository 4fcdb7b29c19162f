package io.prism.pubsub.domain;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An event on its way from a publisher to subscribers. */
public final class Event {

  private final String id;
  private final String topic;
  private final byte[] payload;
  private final Map<String, String> metadata;
  private final Instant timestamp;
  private final @Nullable String correlationId;
  private final @Nullable String replyTo;

  /**
   * An event that owns its arguments: nobody changes them any more.
   *
   * @param topic as clients see it
   * @param timestamp when it was handed to the broker
   * @param replyTo topic as clients see it
   */
  public Event(
      String id,
      String topic,
      byte[] payload,
      Map<String, String> metadata,
      Instant timestamp,
      @Nullable String correlationId,
      @Nullable String replyTo) {
    this.id = id;
    this.topic = topic;
    this.payload = payload;
    this.metadata = metadata;
    this.timestamp = timestamp;
    this.correlationId = correlationId;
    this.replyTo = replyTo;
  }

  public String id() {
    return id;
  }

  public String topic() {
    return topic;
  }

  public byte[] payload() {
    return payload;
  }

  public Map<String, String> metadata() {
    return metadata;
  }

  public Instant timestamp() {
    return timestamp;
  }

  public @Nullable String correlationId() {
    return correlationId;
  }

  public @Nullable String replyTo() {
    return replyTo;
  }
}
