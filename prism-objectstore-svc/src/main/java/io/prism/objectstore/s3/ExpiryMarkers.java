package io.prism.objectstore.s3;

import io.prism.objectstore.domain.NameRules;
import io.prism.objectstore.domain.ObjectName;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import software.amazon.awssdk.core.async.AsyncRequestBody;

/**
 * What says, in the order of keys, when objects expire: an empty object per object and time, whose
 * key is that of the object, {@code !} and the time in seconds of 1970. So a listing learns of the
 * times by a second listing and not by asking for each object.
 *
 * <p>A marker is written before its object becomes visible, so no object that expires is without
 * one. It may be left over from an object that was replaced; see {@link S3Listing}.
 */
final class ExpiryMarkers {

  private static final char END = '!';
  private static final int DIGITS = 12;

  private final S3Link link;
  private final S3Names names;
  private final Buckets buckets;

  ExpiryMarkers(S3Link link, S3Names names, Buckets buckets) {
    this.link = link;
    this.names = names;
    this.buckets = buckets;
  }

  /** A marker, as its key says it. */
  record Marker(String key, Instant expiresAt) {}

  CompletableFuture<Void> write(ObjectName name, Instant expiresAt) {
    String bucket = names.bucketOf(name.namespace());
    String key = keyOf(name, expiresAt);
    return buckets
        .in(
            bucket,
            () ->
                link.call(
                    "put_marker",
                    client ->
                        client.putObject(
                            put -> put.bucket(bucket).key(key), AsyncRequestBody.empty())))
        .thenApply(written -> null);
  }

  CompletableFuture<Void> delete(ObjectName name, Instant expiresAt) {
    return deleteKey(names.bucketOf(name.namespace()), keyOf(name, expiresAt));
  }

  CompletableFuture<Void> deleteKey(String bucket, String markerKey) {
    return link.call(
            "delete_marker", client -> client.deleteObject(d -> d.bucket(bucket).key(markerKey)))
        .thenApply(deleted -> null);
  }

  private String keyOf(ObjectName name, Instant expiresAt) {
    String prefix = names.markerPrefixOf(name.namespace(), name.bucket());
    String key = escape(name.key());
    int room = S3Names.MAX_BYTES - prefix.length() - 1 - DIGITS;
    int bytes = S3Names.bytes(key);
    if (bytes > room) {
      throw NameRules.tooLong("key", bytes, room);
    }
    return prefix + key + END + "%012d".formatted(expiresAt.getEpochSecond());
  }

  /** Where in the order of markers those of a key begin, without any of them. */
  static String before(String key) {
    return escape(key) + END;
  }

  /** What is after all markers of a key and before those of later keys. */
  static String after(String key) {
    return escape(key) + (char) (END + 1);
  }

  /** A marker by its key after the prefix; empty if it is none. */
  static Optional<Marker> parse(String text) {
    int end = text.length() - DIGITS - 1;
    if (end < 0 || text.charAt(end) != END) {
      return Optional.empty();
    }
    try {
      long seconds = Long.parseLong(text.substring(end + 1));
      return Optional.of(
          new Marker(unescape(text.substring(0, end)), Instant.ofEpochSecond(seconds)));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  /**
   * Writes what could be taken for the end of a key, or comes before it, as two characters, so that
   * markers are in the order of their keys.
   */
  static String escape(String text) {
    if (text.chars().noneMatch(c -> c <= '#')) {
      return text;
    }
    StringBuilder escaped = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c <= '#') {
        escaped.append('#').append((char) (c + '0' - ' '));
      } else {
        escaped.append(c);
      }
    }
    return escaped.toString();
  }

  private static String unescape(String text) {
    StringBuilder plain = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '#' && i + 1 < text.length()) {
        i++;
        plain.append((char) (text.charAt(i) - '0' + ' '));
      } else {
        plain.append(c);
      }
    }
    return plain.toString();
  }
}
