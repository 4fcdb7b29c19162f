package io.prism.pubsub.domain;

import io.prism.starter.error.CallReason;
import io.prism.starter.error.PrismException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an event may be, whatever the broker.
 *
 * @param maxPayloadBytes most bytes of a payload
 * @param maxMetadataChars most characters of metadata and correlation id together
 */
public record EventRules(int maxPayloadBytes, int maxMetadataChars) {

  /**
   * Checks an event.
   *
   * @throws PrismException INVALID_ARGUMENT
   */
  public void check(byte[] payload, Map<String, String> metadata, @Nullable String correlationId) {
    if (payload.length > maxPayloadBytes) {
      throw tooLarge("payload", payload.length + " bytes", maxPayloadBytes);
    }
    int correlation = correlationId == null ? 0 : correlationId.length();
    if (correlation > maxMetadataChars) {
      throw tooLarge("correlation_id", correlation + " characters", maxMetadataChars);
    }
    long all = correlation;
    for (Map.Entry<String, String> fact : metadata.entrySet()) {
      all += fact.getKey().length() + (long) fact.getValue().length();
    }
    if (all > maxMetadataChars) {
      throw tooLarge("metadata", all + " characters", maxMetadataChars);
    }
  }

  private static PrismException tooLarge(String field, String size, int limit) {
    return exceeded(field, size + " (expected: at most " + limit + ")", limit);
  }

  /** A limit is exceeded by what a field has in it. */
  public static PrismException exceeded(String field, String what, long limit) {
    return PrismException.because(CallReason.LIMIT_EXCEEDED, field + ": " + what)
        .violation(field, what)
        .with("limit", Long.toString(limit))
        .build();
  }
}
