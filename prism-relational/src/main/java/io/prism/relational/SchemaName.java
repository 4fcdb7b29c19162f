package io.prism.relational;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The schema that holds a namespace's tables.
 *
 * <p>A namespace has letters, digits and hyphens only, so no two of them share a schema. PostgreSQL
 * cuts names at 63 bytes without a word, hence a longer one is cut here, and a hash of the whole
 * tells it from others that begin alike.
 *
 * @param name as PostgreSQL knows it, at most 63 characters
 */
public record SchemaName(String name) {

  private static final String PREFIX = "ns_";
  private static final int MAX_LENGTH = 63;
  private static final int HASH_BYTES = 8;

  /**
   * Never in a schema's name that was not cut, so that none can be made to look like one that was.
   */
  private static final String CUT = "$";

  /** The schema of a namespace. */
  public static SchemaName of(String namespace) {
    String whole = PREFIX + namespace.replace('-', '_');
    if (whole.length() <= MAX_LENGTH) {
      return new SchemaName(whole);
    }
    String end = CUT + hash(namespace);
    return new SchemaName(whole.substring(0, MAX_LENGTH - end.length()) + end);
  }

  private static String hash(String namespace) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(namespace.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, HASH_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is missing in this JDK", e);
    }
  }
}
