package io.prism.objectstore.domain;

import io.prism.starter.error.PrismException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;

/**
 * Positions in listings as clients carry them: opaque, and of use only for the listing that they
 * are from. They hold no secret and give no access: whoever makes one up gets another page of what
 * the session may list anyway, so they carry a digest and need no key.
 */
public final class ContinuationTokens {

  private static final int DIGEST_BYTES = 16;

  private ContinuationTokens() {}

  /** The token of a position; empty when there is no further page. */
  public static String encode(ListQuery query, String position) {
    if (position.isEmpty()) {
      return "";
    }
    byte[] text = position.getBytes(StandardCharsets.UTF_8);
    byte[] token =
        ByteBuffer.allocate(DIGEST_BYTES + text.length).put(digest(query, text)).put(text).array();
    return Base64.getUrlEncoder().withoutPadding().encodeToString(token);
  }

  /**
   * The position of a token; empty for an empty one.
   *
   * @throws PrismException CONTINUATION_TOKEN_INVALID unless it is from this listing
   */
  public static String decode(ListQuery query, String token) {
    if (token.isEmpty()) {
      return "";
    }
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(token);
      if (bytes.length > DIGEST_BYTES) {
        byte[] text = Arrays.copyOfRange(bytes, DIGEST_BYTES, bytes.length);
        byte[] digest = Arrays.copyOf(bytes, DIGEST_BYTES);
        if (MessageDigest.isEqual(digest, digest(query, text))) {
          return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text)).toString();
        }
      }
    } catch (IllegalArgumentException | CharacterCodingException e) {
      throw invalid();
    }
    throw invalid();
  }

  /** The token is not from this listing. */
  public static PrismException invalid() {
    String what = "not from here (expected: that of the same bucket, prefix and delimiter)";
    return PrismException.because(
            ObjectStoreReason.CONTINUATION_TOKEN_INVALID, "continuation_token: " + what)
        .violation("continuation_token", what)
        .build();
  }

  private static byte[] digest(ListQuery query, byte[] position) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (String part :
          new String[] {query.namespace(), query.bucket(), query.prefix(), query.delimiter()}) {
        byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
        digest.update(bytes);
      }
      return Arrays.copyOf(digest.digest(position), DIGEST_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is missing in this JDK", e);
    }
  }
}
