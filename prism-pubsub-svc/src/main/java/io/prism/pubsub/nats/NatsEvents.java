package io.prism.pubsub.nats;

import io.nats.client.Message;
import io.nats.client.impl.Headers;
import io.prism.pubsub.domain.Event;
import io.prism.pubsub.domain.EventIds;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Events as messages of NATS. The payload is the message's and the topic to reply to its reply
 * subject, so plain clients read and answer events, and what they publish is an event too.
 *
 * <p>A fact of the metadata is a header of its name where that is possible. What is no header's
 * name or value, or would mean something to NATS or to Prism, travels encoded in {@code
 * prism-metadata}, as {@code name=value}.
 */
final class NatsEvents {

  private static final String ID = "prism-event-id";
  private static final String TIMESTAMP = "prism-timestamp";
  private static final String CORRELATION_ID = "prism-correlation-id";
  private static final String METADATA = "prism-metadata";
  private static final List<String> RESERVED = List.of("prism-", "nats-");
  private static final long NANOS = 1_000_000_000L;

  private final EventIds ids;
  private final Clock clock;

  /**
   * @param ids gives ids to events of plain clients
   * @param clock gives the time of events of plain clients
   */
  NatsEvents(EventIds ids, Clock clock) {
    this.ids = ids;
    this.clock = clock;
  }

  /** What goes along with the payload. */
  static Headers headers(Event event) {
    Headers headers = new Headers();
    headers.put(ID, event.id());
    Instant at = event.timestamp();
    headers.put(TIMESTAMP, Long.toString(at.getEpochSecond() * NANOS + at.getNano()));
    String correlationId = event.correlationId();
    if (correlationId != null) {
      headers.put(CORRELATION_ID, PercentCode.encode(correlationId));
    }
    event.metadata().forEach((name, value) -> put(headers, name, value));
    return headers;
  }

  private static void put(Headers headers, String name, String value) {
    if (isHeaderName(name) && isHeaderValue(value)) {
      headers.put(name, value);
    } else {
      headers.add(METADATA, PercentCode.encode(name) + '=' + PercentCode.encode(value));
    }
  }

  private static boolean isHeaderName(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return !name.isEmpty()
        && name.chars().allMatch(c -> c > ' ' && c <= '~' && c != ':')
        && RESERVED.stream().noneMatch(lower::startsWith);
  }

  /** Readers of headers may trim values, and drop those that are empty. */
  private static boolean isHeaderValue(String value) {
    return !value.isEmpty()
        && value.chars().allMatch(c -> c >= ' ' && c <= '~')
        && value.charAt(0) != ' '
        && value.charAt(value.length() - 1) != ' ';
  }

  /** The event that a message is. */
  Event event(String namespace, Message message) {
    Headers headers = message.getHeaders();
    String topic = message.getSubject().substring(namespace.length() + 1);
    byte[] payload = message.getData();
    String replyTo = replyTo(namespace, message.getReplyTo());
    if (headers == null || headers.isEmpty()) {
      return new Event(ids.next(), topic, payload, Map.of(), clock.instant(), null, replyTo);
    }
    String id = headers.getFirst(ID);
    String correlationId = headers.getFirst(CORRELATION_ID);
    return new Event(
        id == null ? ids.next() : id,
        topic,
        payload,
        metadata(headers),
        timestamp(headers.getFirst(TIMESTAMP)),
        correlationId == null ? null : PercentCode.decode(correlationId),
        replyTo);
  }

  /** Subjects of other namespaces, and inboxes of plain clients, are none of a Prism client's. */
  private static @Nullable String replyTo(String namespace, @Nullable String subject) {
    if (subject == null
        || subject.length() < namespace.length() + 2
        || !subject.startsWith(namespace)
        || subject.charAt(namespace.length()) != '.') {
      return null;
    }
    return subject.substring(namespace.length() + 1);
  }

  private Instant timestamp(@Nullable String nanos) {
    if (nanos == null) {
      return clock.instant();
    }
    try {
      long value = Long.parseLong(nanos);
      return Instant.ofEpochSecond(Math.floorDiv(value, NANOS), Math.floorMod(value, NANOS));
    } catch (NumberFormatException e) {
      return clock.instant();
    }
  }

  private static Map<String, String> metadata(Headers headers) {
    Map<String, String> metadata = new HashMap<>();
    headers.forEach(
        (name, values) -> {
          if (name.equals(METADATA)) {
            values.forEach(fact -> decode(fact, metadata));
          } else if (RESERVED.stream().noneMatch(name.toLowerCase(Locale.ROOT)::startsWith)) {
            metadata.put(name, String.join(", ", values));
          }
        });
    return metadata;
  }

  private static void decode(String fact, Map<String, String> metadata) {
    int end = fact.indexOf('=');
    if (end >= 0) {
      metadata.put(
          PercentCode.decode(fact.substring(0, end)), PercentCode.decode(fact.substring(end + 1)));
    }
  }
}
