package io.prism.reader.domain;

import io.prism.starter.error.PrismException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Positions as clients carry them: opaque, and of use only for the scan that they are from.
 *
 * <p>A cursor is its position and an HMAC-SHA256 over that and the scan's identity, in base64url.
 * Nothing that a client makes up or changes gets into a statement.
 */
public final class Cursors {

  /** Least bytes of a key. */
  public static final int MIN_KEY_BYTES = 32;

  private static final String ALGORITHM = "HmacSHA256";
  private static final int MAC_BYTES = 32;
  private static final byte VERSION = 1;
  private static final int NULL = -1;

  private final SecretKeySpec key;

  /**
   * @param key the secret, of {@link #MIN_KEY_BYTES} or more; instances that share it take each
   *     other's cursors
   */
  public Cursors(byte[] key) {
    this.key = new SecretKeySpec(key, ALGORITHM);
  }

  /** The cursor of a position in a scan. */
  public String encode(Scan<?> scan, Position position) {
    List<byte @Nullable []> keys = new ArrayList<>();
    int length = 1;
    for (String text : position.keys()) {
      byte[] bytes = text == null ? null : text.getBytes(StandardCharsets.UTF_8);
      keys.add(bytes);
      length += Integer.BYTES + (bytes == null ? 0 : bytes.length);
    }
    ByteBuffer cursor = ByteBuffer.allocate(length + MAC_BYTES).put(VERSION);
    for (byte[] bytes : keys) {
      cursor.putInt(bytes == null ? NULL : bytes.length);
      if (bytes != null) {
        cursor.put(bytes);
      }
    }
    cursor.put(mac(scan, cursor.array(), length));
    return Base64.getUrlEncoder().withoutPadding().encodeToString(cursor.array());
  }

  /**
   * The position of a cursor.
   *
   * @throws PrismException CURSOR_INVALID unless it is from this scan, as it was given out
   */
  public Position decode(Scan<?> scan, String cursor) {
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(cursor);
      int length = bytes.length - MAC_BYTES;
      if (length > 0
          && MessageDigest.isEqual(
              mac(scan, bytes, length), Arrays.copyOfRange(bytes, length, bytes.length))) {
        return position(ByteBuffer.wrap(bytes, 0, length), scan.keys());
      }
    } catch (IllegalArgumentException | BufferUnderflowException e) {
      throw invalid();
    }
    throw invalid();
  }

  private static Position position(ByteBuffer bytes, int keys) {
    if (bytes.get() != VERSION) {
      throw invalid();
    }
    List<@Nullable String> texts = new ArrayList<>();
    for (int i = 0; i < keys; i++) {
      int length = bytes.getInt();
      if (length == NULL) {
        texts.add(null);
      } else {
        byte[] text = new byte[length];
        bytes.get(text);
        texts.add(new String(text, StandardCharsets.UTF_8));
      }
    }
    return new Position(texts);
  }

  private byte[] mac(Scan<?> scan, byte[] bytes, int length) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      byte[] identity = scan.identity();
      mac.update(ByteBuffer.allocate(Integer.BYTES).putInt(identity.length).array());
      mac.update(identity);
      mac.update(bytes, 0, length);
      return mac.doFinal();
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new IllegalStateException("HMAC-SHA256 is missing in this JDK", e);
    }
  }

  private static PrismException invalid() {
    String what = "not from here (expected: next_cursor of the same collection, sort and filter)";
    return PrismException.because(ReaderReason.CURSOR_INVALID, "cursor: " + what)
        .violation("cursor", what)
        .build();
  }
}
