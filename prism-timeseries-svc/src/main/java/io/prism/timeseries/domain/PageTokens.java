package io.prism.timeseries.domain;

import io.prism.starter.error.PrismException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/**
 * Places in the answer to a query as clients carry them: opaque, and of use only for that query.
 * They hold no secret and give no access: whoever makes one up gets another page of what the
 * session may read anyway, so they carry a digest and need no key.
 */
public final class PageTokens {

  private static final int DIGEST_BYTES = 16;

  private PageTokens() {}

  /** The token of the place behind an event. */
  public static String encode(EventQuery query, EventKey key) {
    byte[] type = utf8(key.type());
    byte[] source = utf8(key.source());
    byte[] id = utf8(key.id());
    ByteBuffer place =
        ByteBuffer.allocate(
            2 * Long.BYTES + 3 * Integer.BYTES + type.length + source.length + id.length);
    place.putLong(key.timestamp()).putLong(key.tie());
    for (byte[] text : List.of(type, source, id)) {
      place.putInt(text.length).put(text);
    }
    ByteBuffer token = ByteBuffer.allocate(DIGEST_BYTES + place.capacity());
    token.put(digest(query, place.array())).put(place.array());
    return Base64.getUrlEncoder().withoutPadding().encodeToString(token.array());
  }

  /**
   * The event behind which the page of a token begins.
   *
   * @throws PrismException PAGE_TOKEN_INVALID unless it is from this query
   */
  public static EventKey decode(EventQuery query, String token) {
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(token);
      if (bytes.length > DIGEST_BYTES) {
        byte[] place = Arrays.copyOfRange(bytes, DIGEST_BYTES, bytes.length);
        if (MessageDigest.isEqual(Arrays.copyOf(bytes, DIGEST_BYTES), digest(query, place))) {
          return key(ByteBuffer.wrap(place));
        }
      }
    } catch (IllegalArgumentException | BufferUnderflowException e) {
      throw invalid();
    }
    throw invalid();
  }

  private static EventKey key(ByteBuffer place) {
    long timestamp = place.getLong();
    long tie = place.getLong();
    return new EventKey(timestamp, text(place), text(place), text(place), tie);
  }

  private static String text(ByteBuffer place) {
    int length = place.getInt();
    if (length < 0 || length > place.remaining()) {
      throw invalid();
    }
    byte[] text = new byte[length];
    place.get(text);
    return new String(text, StandardCharsets.UTF_8);
  }

  private static byte[] digest(EventQuery query, byte[] place) {
    List<String> parts = new ArrayList<>();
    parts.add(query.namespace());
    parts.add(query.range().start() + "-" + query.range().end() + "-" + query.descending());
    parts.add(Integer.toString(query.types().size()));
    parts.addAll(query.types());
    parts.add(Integer.toString(query.sources().size()));
    parts.addAll(query.sources());
    query
        .filters()
        .forEach(
            (name, value) -> {
              parts.add(name);
              parts.add(value);
            });
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (String part : parts) {
        byte[] bytes = utf8(part);
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
        digest.update(bytes);
      }
      return Arrays.copyOf(digest.digest(place), DIGEST_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is missing in this JDK", e);
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static PrismException invalid() {
    String what = "not from here (expected: next_page_token of the same query)";
    return PrismException.because(TimeSeriesReason.PAGE_TOKEN_INVALID, "page_token: " + what)
        .violation("page_token", what)
        .build();
  }
}
