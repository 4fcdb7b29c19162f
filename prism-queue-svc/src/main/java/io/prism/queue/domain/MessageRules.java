package io.prism.queue.domain;

import io.prism.starter.error.CallReason;
import io.prism.starter.error.PrismException;
import java.util.Map;

/**
 * What a message may be.
 *
 * @param maxPayloadBytes most bytes of a payload
 * @param maxBatch most items of one request
 */
public record MessageRules(int maxPayloadBytes, int maxBatch) {

  /** What the names of Prism's own headers begin with. */
  public static final String RESERVED_PREFIX = "prism-";

  /** Room for key and headers beside the largest payload. */
  public static final int MAX_EXTRA_BYTES = 1024 * 1024;

  /**
   * Checks a message.
   *
   * @param path what precedes the names of the message's fields in a violation, possibly empty
   * @throws PrismException INVALID_ARGUMENT
   */
  public void check(String path, OutgoingMessage message) {
    int size = message.payload().length;
    if (size > maxPayloadBytes) {
      throw tooLarge(path + "payload", size, maxPayloadBytes);
    }
    Integer partition = message.partition();
    if (partition != null && partition < 0) {
      throw PrismException.invalid(path + "partition", partition + " (expected: 0 or more)");
    }
    checkExtras(path, message);
  }

  /**
   * Checks how many items a request has.
   *
   * @throws PrismException INVALID_ARGUMENT
   */
  public void checkCount(String field, int count) {
    if (count == 0) {
      throw PrismException.invalid(field, "empty (expected: 1 to " + maxBatch + ")");
    }
    if (count > maxBatch) {
      throw PrismException.because(
              CallReason.LIMIT_EXCEEDED,
              field + ": " + count + " items (expected: at most " + maxBatch + ")")
          .violation(field, count + " items (expected: at most " + maxBatch + ")")
          .with("limit", Integer.toString(maxBatch))
          .build();
    }
  }

  private static void checkExtras(String path, OutgoingMessage message) {
    String key = message.key();
    long extra = key == null ? 0 : key.length();
    for (Map.Entry<String, String> header : message.headers().entrySet()) {
      if (header.getKey().startsWith(RESERVED_PREFIX)) {
        throw PrismException.invalid(
            path + "headers",
            "'" + header.getKey() + "' (expected: not to begin with " + RESERVED_PREFIX + ")");
      }
      extra += header.getKey().length() + (long) header.getValue().length();
    }
    // Up to three bytes per char in UTF-8: whoever stays below a third is certainly within.
    if (extra > MAX_EXTRA_BYTES / 3) {
      throw tooLarge(path + "headers", extra, MAX_EXTRA_BYTES / 3);
    }
  }

  private static PrismException tooLarge(String field, long size, int limit) {
    String what = size + " bytes (expected: at most " + limit + ")";
    return PrismException.because(CallReason.LIMIT_EXCEEDED, field + ": " + what)
        .violation(field, what)
        .with("limit", Integer.toString(limit))
        .build();
  }
}
