package io.prism.pubsub;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotEmpty;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * The PubSub service.
 *
 * @param broker what carries the events
 * @param maxPayload largest payload of an event; the broker's own limit, 1 MB in NATS unless its
 *     {@code max_payload} says otherwise, may be lower
 * @param maxMetadata most characters of an event's metadata and correlation id together
 * @param subscription what subscriptions may use
 * @param nats where NATS is
 */
@Validated
@ConfigurationProperties("prism.pubsub")
public record PubSubProperties(
    @DefaultValue("nats") Broker broker,
    @DefaultValue("4MB") DataSize maxPayload,
    @DefaultValue("65536") @Min(0) int maxMetadata,
    @DefaultValue SubscriptionSettings subscription,
    @DefaultValue NatsServers nats) {

  /** What carries the events. */
  public enum Broker {
    /** Servers of NATS, shared by all instances. */
    NATS,
    /** The one instance itself, for local mode. */
    IN_PROCESS
  }

  /**
   * What subscriptions may use.
   *
   * @param max most subscriptions at a time in this instance
   * @param maxPerSession most subscriptions of one session at a time in this instance
   * @param buffer most events that wait for one subscriber; beyond them the oldest are dropped
   * @param bufferSize most bytes that wait for one subscriber
   * @param bufferSizeOfAll most bytes that wait in this instance; beyond them each subscriber has
   *     room for a single event
   * @param settleTime how long a stopping instance waits until what it has received for groups is
   *     delivered, before it ends its streams
   */
  public record SubscriptionSettings(
      @DefaultValue("10000") @Min(1) int max,
      @DefaultValue("1000") @Min(1) int maxPerSession,
      @DefaultValue("1024") @Min(1) int buffer,
      @DefaultValue("8MB") DataSize bufferSize,
      @DefaultValue("128MB") DataSize bufferSizeOfAll,
      @DefaultValue("2s") Duration settleTime) {}

  /**
   * Where NATS is.
   *
   * @param servers URLs of servers, {@code nats://host:port} or {@code tls://host:port}; one that
   *     answers is enough
   * @param username with a password
   * @param password of the user
   * @param token in place of a user
   * @param credentials file with a user's JWT and key, in place of a password
   * @param sslBundle name of the SSL bundle by whose trust and key NATS is connected to; its
   *     certificate must name the host as the URL does
   * @param timeLimit after which NATS counts as unreachable and a call fails with
   *     BACKEND_UNAVAILABLE
   * @param dispatchers threads that take events from NATS
   * @param heartbeat how often an instance tells the others that it and its subscriptions live
   * @param forgetAfter how long an instance that says nothing still counts as having the
   *     subscriptions that it had
   */
  public record NatsServers(
      @DefaultValue("nats://localhost:4222") @NotEmpty List<String> servers,
      @Nullable String username,
      @Nullable String password,
      @Nullable String token,
      @Nullable String credentials,
      @Nullable String sslBundle,
      @DefaultValue("3s") Duration timeLimit,
      @DefaultValue("2") @Min(1) @Max(64) int dispatchers,
      @DefaultValue("1s") Duration heartbeat,
      @DefaultValue("4s") Duration forgetAfter) {}
}
