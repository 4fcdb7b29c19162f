package io.prism.transact.domain;

import java.util.HexFormat;
import java.util.Optional;

/**
 * A message of a mailbox: {@code mailbox:sequence:tag}.
 *
 * <p>The tag is random. Without it, the id of a message of another namespace would name a message
 * of one's own, and ids could be guessed.
 *
 * @param sequence from 1
 */
public record MessageId(String mailbox, long sequence, long tag) {

  private static final char SEPARATOR = ':';
  private static final int TAG_DIGITS = 16;

  /** A message by its id; empty when the text is no id of any message. */
  public static Optional<MessageId> parse(String text) {
    int tagStart = text.length() - TAG_DIGITS;
    int separator = text.lastIndexOf(SEPARATOR, tagStart - 2);
    if (separator < 1 || text.charAt(tagStart - 1) != SEPARATOR) {
      return Optional.empty();
    }
    try {
      MessageId id =
          new MessageId(
              text.substring(0, separator),
              Long.parseLong(text, separator + 1, tagStart - 1, 10),
              HexFormat.fromHexDigitsToLong(text, tagStart, text.length()));
      // Ids are compared as texts elsewhere: a message has one id, not several spellings of it.
      return id.toString().equals(text) ? Optional.of(id) : Optional.empty();
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  @Override
  public String toString() {
    return mailbox + SEPARATOR + sequence + SEPARATOR + HexFormat.of().toHexDigits(tag);
  }
}
