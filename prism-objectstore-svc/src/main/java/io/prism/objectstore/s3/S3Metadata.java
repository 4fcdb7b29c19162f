package io.prism.objectstore.s3;

import io.prism.objectstore.domain.NewObject;
import io.prism.objectstore.domain.ObjectRules;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What is kept with an object in its user metadata. A client's fact is an entry of the same name
 * where S3 keeps it as it is; what HTTP headers would change goes into one encoded entry.
 */
final class S3Metadata {

  static final String EXPIRES = "prism-expires";
  private static final String OWN = "prism-";
  private static final String SHA256 = "prism-sha256";
  private static final String UPLOAD = "prism-upload";
  private static final String FACTS = "prism-metadata";
  private static final int MAX_BYTES = 2048;
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]*");
  private static final Pattern VALUE = Pattern.compile("[\\x21-\\x7e]+( [\\x21-\\x7e]+)*");

  private S3Metadata() {}

  /**
   * The user metadata of an object to be stored.
   *
   * @param uploadId by which a write knows its own object again; null: it need not
   * @throws io.prism.starter.error.PrismException LIMIT_EXCEEDED when S3 has no room for it
   */
  static Map<String, String> encode(NewObject object, @Nullable String uploadId) {
    Map<String, String> entries = new LinkedHashMap<>();
    StringBuilder encoded = new StringBuilder();
    object
        .metadata()
        .forEach(
            (name, value) -> {
              if (isPlain(name, value)) {
                entries.put(name, value);
              } else {
                encoded.append(name).append('\0').append(value).append('\0');
              }
            });
    if (!encoded.isEmpty()) {
      byte[] bytes = encoded.toString().getBytes(StandardCharsets.UTF_8);
      entries.put(FACTS, Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
    }
    Instant expiresAt = object.expiresAt();
    if (expiresAt != null) {
      entries.put(EXPIRES, Long.toString(expiresAt.getEpochSecond()));
    }
    String sha256 = object.sha256();
    if (sha256 != null) {
      entries.put(SHA256, sha256);
    }
    if (uploadId != null) {
      entries.put(UPLOAD, uploadId);
    }
    int bytes =
        entries.entrySet().stream()
            .mapToInt(entry -> entry.getKey().length() + entry.getValue().length())
            .sum();
    if (bytes > MAX_BYTES) {
      throw ObjectRules.tooMuchMetadata(bytes, MAX_BYTES);
    }
    return entries;
  }

  private static boolean isPlain(String name, String value) {
    return NAME.matcher(name).matches() && !name.startsWith(OWN) && VALUE.matcher(value).matches();
  }

  /** The client's facts. */
  static Map<String, String> facts(Map<String, String> entries) {
    Map<String, String> facts = new LinkedHashMap<>();
    entries.forEach(
        (header, value) -> {
          String name = header.toLowerCase(Locale.ROOT);
          if (name.equals(FACTS)) {
            decode(value, facts);
          } else if (!name.startsWith(OWN)) {
            facts.put(name, value);
          }
        });
    return facts;
  }

  private static void decode(String encoded, Map<String, String> facts) {
    byte[] bytes;
    try {
      bytes = Base64.getUrlDecoder().decode(encoded);
    } catch (IllegalArgumentException e) {
      // Not written by Prism.
      return;
    }
    String[] parts = new String(bytes, StandardCharsets.UTF_8).split("\0", -1);
    for (int i = 0; i + 1 < parts.length; i += 2) {
      facts.put(parts[i], parts[i + 1]);
    }
  }

  static @Nullable Instant expiresAt(Map<String, String> entries) {
    String seconds = entry(entries, EXPIRES);
    try {
      return seconds.isEmpty() ? null : Instant.ofEpochSecond(Long.parseLong(seconds));
    } catch (NumberFormatException e) {
      return null;
    }
  }

  static String sha256(Map<String, String> entries) {
    return entry(entries, SHA256);
  }

  static String uploadId(Map<String, String> entries) {
    return entry(entries, UPLOAD);
  }

  private static String entry(Map<String, String> entries, String name) {
    return entries.entrySet().stream()
        .filter(entry -> entry.getKey().equalsIgnoreCase(name))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse("");
  }
}
