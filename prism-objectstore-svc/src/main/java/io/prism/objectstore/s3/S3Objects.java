package io.prism.objectstore.s3;

import io.prism.objectstore.domain.StoredObject;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/** What S3 says of objects, as objects of the domain. */
final class S3Objects {

  private S3Objects() {}

  static StoredObject of(String key, HeadObjectResponse head) {
    return of(
        key,
        head.contentLength(),
        head.eTag(),
        head.lastModified(),
        head.contentType(),
        head.metadata());
  }

  static StoredObject of(String key, GetObjectResponse response) {
    return of(
        key,
        totalOf(response),
        response.eTag(),
        response.lastModified(),
        response.contentType(),
        response.metadata());
  }

  /** The size of the whole object, of which a range is only a part. */
  private static long totalOf(GetObjectResponse response) {
    String range = response.contentRange();
    return range == null
        ? response.contentLength()
        : Long.parseLong(range.substring(range.lastIndexOf('/') + 1));
  }

  private static StoredObject of(
      String key,
      long size,
      @Nullable String etag,
      Instant lastModified,
      @Nullable String contentType,
      Map<String, String> metadata) {
    return new StoredObject(
        key,
        size,
        etag(etag),
        lastModified,
        contentType == null ? "" : contentType,
        S3Metadata.expiresAt(metadata),
        S3Metadata.facts(metadata),
        S3Metadata.sha256(metadata));
  }

  /** Without the quotes of HTTP. */
  static String etag(@Nullable String etag) {
    return etag == null ? "" : etag.replace("\"", "");
  }

  /** In the order of S3, which is that of the bytes of UTF-8. */
  static int compare(String one, String other) {
    return Arrays.compareUnsigned(
        one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
  }
}
