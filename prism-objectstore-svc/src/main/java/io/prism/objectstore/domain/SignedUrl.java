package io.prism.objectstore.domain;

import java.time.Instant;
import java.util.Map;

/**
 * A URL with which anyone can do one thing with one object for a while.
 *
 * @param url a secret for as long as it works
 * @param expiresAt until when it works
 * @param headers that must be sent with it
 */
public record SignedUrl(String url, Instant expiresAt, Map<String, String> headers) {

  @Override
  public String toString() {
    return "SignedUrl[***, expiresAt=" + expiresAt + "]";
  }
}
