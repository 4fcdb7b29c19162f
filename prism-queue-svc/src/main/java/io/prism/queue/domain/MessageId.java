package io.prism.queue.domain;

import io.prism.starter.error.PrismException;
import org.jspecify.annotations.Nullable;

/**
 * The id of a message, {@code topic:partition:offset}, the same on publish and on delivery.
 *
 * @param topic the topic's name as clients see it
 * @param partition from 0
 * @param offset within the partition
 */
public record MessageId(String topic, int partition, long offset) {

  private static final char SEPARATOR = ':';

  /**
   * Reads an id.
   *
   * @param field the request's field, for the message
   * @throws PrismException INVALID_ARGUMENT when it is malformed
   */
  public static MessageId parse(String field, String text) {
    MessageId id = parse(text);
    if (id == null) {
      throw PrismException.invalid(field, "'" + text + "' (expected: topic:partition:offset)");
    }
    return id;
  }

  private static @Nullable MessageId parse(String text) {
    int beforeOffset = text.lastIndexOf(SEPARATOR);
    int beforePartition = beforeOffset < 1 ? -1 : text.lastIndexOf(SEPARATOR, beforeOffset - 1);
    if (beforePartition < 1) {
      return null;
    }
    try {
      int partition = Integer.parseUnsignedInt(text, beforePartition + 1, beforeOffset, 10);
      long offset = Long.parseLong(text, beforeOffset + 1, text.length(), 10);
      return partition < 0 || offset < 0
          ? null
          : new MessageId(text.substring(0, beforePartition), partition, offset);
    } catch (NumberFormatException e) {
      return null;
    }
  }

  @Override
  public String toString() {
    return topic + SEPARATOR + partition + SEPARATOR + offset;
  }
}
