package io.prism.objectstore.files;

import io.prism.objectstore.domain.ObjectName;
import io.prism.objectstore.domain.SignedUrl;
import io.prism.objectstore.domain.UrlMethod;
import io.prism.objectstore.domain.UrlRequest;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * URLs that say what may be done, until when, with an HMAC-SHA256 over all of it. The object is
 * named in the query, where no server or client on the way takes its key for a path.
 */
final class SignedUrls {

  /** Where they point to. */
  static final String PATH = "/objects";

  private static final int MIN_KEY_CHARS = 32;
  private static final int KEY_BYTES = 32;
  private static final String ALGORITHM = "HmacSHA256";
  private static final String SIGNATURE = "signature";

  /** In the order in which they are signed. */
  private static final List<String> FIELDS =
      List.of("method", "namespace", "bucket", "key", "until", "type", "expires", "most");

  private final URI endpoint;
  private final SecretKeySpec secret;
  private final Clock clock;

  SignedUrls(URI endpoint, @Nullable String key, Clock clock) {
    this.endpoint = endpoint;
    this.secret = new SecretKeySpec(key == null ? random() : bytes(key), ALGORITHM);
    this.clock = clock;
  }

  private static byte[] random() {
    byte[] key = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(key);
    return key;
  }

  private static byte[] bytes(String key) {
    if (key.length() < MIN_KEY_CHARS) {
      throw new IllegalArgumentException(
          "prism.objectstore.files.url-key: %d characters (expected: %d or more)"
              .formatted(key.length(), MIN_KEY_CHARS));
    }
    return key.getBytes(StandardCharsets.UTF_8);
  }

  SignedUrl sign(UrlRequest request) {
    Instant until =
        Instant.ofEpochSecond(clock.instant().plus(request.lifetime()).getEpochSecond());
    Instant objectExpiresAt = request.objectExpiresAt();
    Map<String, String> values = new LinkedHashMap<>();
    values.put("method", request.method().name());
    values.put("namespace", request.name().namespace());
    values.put("bucket", request.name().bucket());
    values.put("key", request.name().key());
    values.put("until", Long.toString(until.getEpochSecond()));
    values.put("type", request.contentType());
    values.put(
        "expires", objectExpiresAt == null ? "" : Long.toString(objectExpiresAt.getEpochSecond()));
    values.put("most", Long.toString(request.maxBytes()));
    values.put(SIGNATURE, HexFormat.of().formatHex(mac(values::get)));
    String query =
        values.entrySet().stream()
            .map(e -> e.getKey() + "=" + URLEncoder.encode(e.getValue(), StandardCharsets.UTF_8))
            .collect(Collectors.joining("&"));
    String base = endpoint.toString().replaceAll("/+$", "");
    return new SignedUrl(
        base + PATH + "?" + query,
        until,
        request.method() == UrlMethod.PUT && !request.contentType().isEmpty()
            ? Map.of("content-type", request.contentType())
            : Map.of());
  }

  /**
   * What a URL allows; empty when it is not from here, has been changed, or does not work any more.
   *
   * @param parameters of its query, null for what it does not have
   */
  Optional<UrlRequest> verify(Function<String, @Nullable String> parameters) {
    Instant now = clock.instant();
    String sent = parameters.apply(SIGNATURE);
    if (sent == null
        || !MessageDigest.isEqual(
            sent.getBytes(StandardCharsets.UTF_8),
            HexFormat.of().formatHex(mac(parameters)).getBytes(StandardCharsets.UTF_8))) {
      return Optional.empty();
    }
    // From here on everything is as it was written by sign.
    Instant until = Instant.ofEpochSecond(Long.parseLong(value(parameters, "until")));
    if (!now.isBefore(until)) {
      return Optional.empty();
    }
    String expires = value(parameters, "expires");
    return Optional.of(
        new UrlRequest(
            new ObjectName(
                value(parameters, "namespace"),
                value(parameters, "bucket"),
                value(parameters, "key")),
            UrlMethod.valueOf(value(parameters, "method")),
            Duration.between(now, until),
            value(parameters, "type"),
            expires.isEmpty() ? null : Instant.ofEpochSecond(Long.parseLong(expires)),
            Long.parseLong(value(parameters, "most"))));
  }

  private static String value(Function<String, @Nullable String> parameters, String name) {
    String value = parameters.apply(name);
    return value == null ? "" : value;
  }

  private byte[] mac(Function<String, @Nullable String> values) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(secret);
      for (String field : FIELDS) {
        byte[] value = value(values, field).getBytes(StandardCharsets.UTF_8);
        mac.update(ByteBuffer.allocate(Integer.BYTES).putInt(value.length).array());
        mac.update(value);
      }
      return mac.doFinal();
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new IllegalStateException("HMAC-SHA256 is missing in this JDK", e);
    }
  }
}
