package io.prism.cache.redis;

import io.prism.cache.domain.CacheKey;
import io.prism.cache.domain.CacheSettings;
import io.prism.cache.domain.SourceMapping;
import io.prism.redis.EntryKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;

/**
 * What copies of values are called. Sessions that map a collection in different ways have different
 * values under the same key, so a copy of a mapped value is of a variant: that of its mapping.
 */
final class CopyKeys {

  private static final int VARIANT_BYTES = 8;

  private CopyKeys() {}

  /** The copy of a key's value. */
  static EntryKey of(CacheKey key, CacheSettings settings) {
    SourceMapping mapping = settings.mapping();
    return mapping == null
        ? new EntryKey(key.namespace(), EntryKey.Space.VALUE, key.name())
        : new EntryKey(key.namespace(), EntryKey.Space.MAPPED, key.name(), variant(mapping));
  }

  /** Copies of the same row that other services keep. */
  static List<EntryKey> ofOtherServices(CacheKey key, CacheSettings settings) {
    SourceMapping mapping = settings.mapping();
    if (mapping == null) {
      return List.of();
    }
    String prefix = mapping.collection() + ":";
    return key.name().startsWith(prefix)
        ? List.of(
            EntryKey.row(
                key.namespace(), mapping.collection(), key.name().substring(prefix.length())))
        : List.of();
  }

  private static String variant(SourceMapping mapping) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      // With lengths: nothing that a mapping names can be taken for a part of another one.
      for (String part : List.of(mapping.collection(), mapping.keyField(), mapping.valueField())) {
        byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
        digest.update(bytes);
      }
      return new String(Arrays.copyOf(digest.digest(), VARIANT_BYTES), StandardCharsets.ISO_8859_1);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is missing in this JDK", e);
    }
  }
}
