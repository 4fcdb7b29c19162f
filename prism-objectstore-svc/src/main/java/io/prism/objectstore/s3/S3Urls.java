package io.prism.objectstore.s3;

import io.prism.objectstore.domain.ObjectName;
import io.prism.objectstore.domain.SignedUrl;
import io.prism.objectstore.domain.UrlRequest;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import software.amazon.awssdk.awscore.presigner.PresignedRequest;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

/** Signs URLs of S3. */
final class S3Urls {

  private final S3Link link;
  private final S3Names names;
  private final Clock clock;

  S3Urls(S3Link link, S3Names names, Clock clock) {
    this.link = link;
    this.names = names;
    this.clock = clock;
  }

  SignedUrl sign(UrlRequest request) {
    Instant expiresAt = clock.instant().plus(request.lifetime());
    PresignedRequest signed = presign(request);
    Map<String, String> headers = new LinkedHashMap<>();
    signed
        .signedHeaders()
        .forEach(
            (name, values) -> {
              if (!name.equalsIgnoreCase("host")) {
                headers.put(name, String.join(",", values));
              }
            });
    return new SignedUrl(signed.url().toString(), expiresAt, headers);
  }

  private PresignedRequest presign(UrlRequest request) {
    ObjectName name = request.name();
    String bucket = names.bucketOf(name.namespace());
    String key = names.keyOf(name);
    return switch (request.method()) {
      case GET ->
          link.presigner()
              .presignGetObject(
                  sign ->
                      sign.signatureDuration(request.lifetime())
                          .getObjectRequest(get -> get.bucket(bucket).key(key)));
      case PUT ->
          link.presigner()
              .presignPutObject(
                  sign ->
                      sign.signatureDuration(request.lifetime())
                          .putObjectRequest(put -> describe(put.bucket(bucket).key(key), request)));
      case DELETE ->
          link.presigner()
              .presignDeleteObject(
                  sign ->
                      sign.signatureDuration(request.lifetime())
                          .deleteObjectRequest(delete -> delete.bucket(bucket).key(key)));
    };
  }

  private static void describe(PutObjectRequest.Builder put, UrlRequest request) {
    if (!request.contentType().isEmpty()) {
      put.contentType(request.contentType());
    }
    Instant expiresAt = request.objectExpiresAt();
    if (expiresAt != null) {
      put.metadata(Map.of(S3Metadata.EXPIRES, Long.toString(expiresAt.getEpochSecond())));
    }
  }
}
