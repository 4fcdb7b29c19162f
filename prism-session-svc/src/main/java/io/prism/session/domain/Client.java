package io.prism.session.domain;

import io.prism.starter.error.CallReason;
import io.prism.starter.error.PrismException;
import java.util.Map;

/** What a client says of itself; no meaning for authorization. */
public record Client(String id, String version, Map<String, String> metadata) {

  private static final int MAX_ID = 256;
  private static final int MAX_VERSION = 64;
  private static final int MAX_ENTRIES = 64;
  private static final int MAX_KEY = 128;
  private static final int MAX_VALUE = 1_024;

  public Client {
    metadata = Map.copyOf(metadata);
  }

  /**
   * What a request says, within the limits.
   *
   * @throws PrismException INVALID_ARGUMENT, LIMIT_EXCEEDED
   */
  public static Client checked(String id, String version, Map<String, String> metadata) {
    Names.limited("client_id", id, MAX_ID);
    Names.limited("client_version", version, MAX_VERSION);
    if (metadata.size() > MAX_ENTRIES) {
      String limit = metadata.size() + " entries (expected: at most " + MAX_ENTRIES + ")";
      throw PrismException.because(CallReason.LIMIT_EXCEEDED, "metadata: " + limit)
          .violation("metadata", limit)
          .build();
    }
    metadata.forEach(
        (key, value) -> {
          Names.limited("metadata", key, MAX_KEY);
          Names.limited("metadata[" + key + "]", value, MAX_VALUE);
        });
    return new Client(id, version, metadata);
  }
}
