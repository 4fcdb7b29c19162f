package io.prism.transact.domain;

import io.prism.starter.error.CallReason;
import io.prism.starter.error.PrismException;
import java.time.Duration;
import java.util.Map;

/**
 * What a write may be.
 *
 * @param maxMessageBytes most bytes of a mailbox message
 * @param maxIds most ids of one request
 * @param timeout of a transaction that asks for none
 * @param maxTimeout that a transaction may ask for
 */
public record WriteRules(int maxMessageBytes, int maxIds, Duration timeout, Duration maxTimeout) {

  /** Most characters of a mailbox's id and of an idempotency key. */
  public static final int MAX_NAME = 200;

  /** Most bytes of a message's metadata and type. */
  public static final int MAX_METADATA_BYTES = 256 * 1024;

  /** What the names of Prism's own headers begin with, to which an outbox relay turns metadata. */
  public static final String RESERVED_PREFIX = "prism-";

  /**
   * Checks what can be checked without the table.
   *
   * @param path what precedes the names of fields in a violation, possibly empty
   * @throws PrismException INVALID_ARGUMENT
   */
  public void check(String path, WriteCommand<?> command) {
    DataWrite<?> data = command.data();
    MailboxWrite mailbox = command.mailbox();
    if (data == null && mailbox == null) {
      throw PrismException.invalid(path + "data", "not set (expected: data, mailbox or both)");
    }
    if (data != null) {
      checkData(path + "data.", data);
    }
    if (mailbox != null) {
      checkMailbox(path + "mailbox.", mailbox);
    }
  }

  private static void checkData(String path, DataWrite<?> data) {
    if (data.table().isEmpty()) {
      throw PrismException.invalid(path + "table", "empty (expected: the name of a table)");
    }
    if (data.expectedVersion() != null && data.mode() == WriteMode.INSERT) {
      throw PrismException.invalid(
          path + "expected_version", "with an INSERT (expected: UPDATE, UPSERT or DELETE)");
    }
  }

  private void checkMailbox(String path, MailboxWrite mailbox) {
    checkMailboxId(path + "mailbox_id", mailbox.mailbox());
    int size = mailbox.message().length;
    if (size > maxMessageBytes) {
      throw tooLarge(path + "message", size, maxMessageBytes);
    }
    String type = mailbox.messageType();
    // Up to three bytes per char in UTF-8, so whoever stays below a third is certainly within.
    long chars = type == null ? 0 : checkText(path + "message_type", type);
    for (Map.Entry<String, String> fact : mailbox.metadata().entrySet()) {
      String key = fact.getKey();
      if (key.startsWith(RESERVED_PREFIX)) {
        throw PrismException.invalid(
            path + "metadata",
            "'" + key + "' (expected: not to begin with " + RESERVED_PREFIX + ")");
      }
      chars += checkText(path + "metadata", key) + checkText(path + "metadata", fact.getValue());
    }
    if (chars > MAX_METADATA_BYTES / 3) {
      throw tooLarge(path + "metadata", chars, MAX_METADATA_BYTES / 3);
    }
  }

  /** Checks a mailbox's id. */
  public static void checkMailboxId(String field, String mailbox) {
    checkName(field, mailbox);
  }

  /** Checks an idempotency key. */
  public static void checkKey(String field, String key) {
    checkName(field, key);
  }

  private static void checkName(String field, String name) {
    if (name.isEmpty() || name.length() > MAX_NAME) {
      throw PrismException.invalid(
          field, name.length() + " characters (expected: 1 to " + MAX_NAME + ")");
    }
    checkText(field, name);
  }

  /** PostgreSQL's texts hold every character but this one. */
  private static int checkText(String field, String text) {
    if (text.indexOf('\0') >= 0) {
      throw PrismException.invalid(field, "has a NUL character (expected: none)");
    }
    return text.length();
  }

  /** The time limit that a request asks for; 0 asks for the default. */
  public Duration timeout(String field, int millis) {
    if (millis < 0) {
      throw PrismException.invalid(field, millis + " (expected: 0 or more)");
    }
    if (millis > maxTimeout.toMillis()) {
      throw limitExceeded(
          field,
          millis + " (expected: at most " + maxTimeout.toMillis() + ")",
          Long.toString(maxTimeout.toMillis()));
    }
    return millis == 0 ? timeout : Duration.ofMillis(millis);
  }

  /** Checks how many ids a request has. */
  public void checkCount(String field, int count) {
    if (count == 0) {
      throw PrismException.invalid(field, "empty (expected: 1 to " + maxIds + ")");
    }
    if (count > maxIds) {
      throw limitExceeded(
          field, count + " items (expected: at most " + maxIds + ")", Integer.toString(maxIds));
    }
  }

  private static PrismException tooLarge(String field, long size, int limit) {
    return limitExceeded(
        field, size + " bytes (expected: at most " + limit + ")", Integer.toString(limit));
  }

  private static PrismException limitExceeded(String field, String what, String limit) {
    return PrismException.because(CallReason.LIMIT_EXCEEDED, field + ": " + what)
        .violation(field, what)
        .with("limit", limit)
        .build();
  }
}
