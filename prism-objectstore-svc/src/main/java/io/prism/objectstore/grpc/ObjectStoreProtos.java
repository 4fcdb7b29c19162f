package io.prism.objectstore.grpc;

import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Durations;
import io.prism.objectstore.domain.ContinuationTokens;
import io.prism.objectstore.domain.ListQuery;
import io.prism.objectstore.domain.NameRules;
import io.prism.objectstore.domain.NewObject;
import io.prism.objectstore.domain.ObjectPage;
import io.prism.objectstore.domain.ObjectRules;
import io.prism.objectstore.domain.SignedUrl;
import io.prism.objectstore.domain.StoredObject;
import io.prism.objectstore.domain.Upload;
import io.prism.objectstore.domain.UrlMethod;
import io.prism.objectstore.v1.HeadObjectResponse;
import io.prism.objectstore.v1.HttpMethod;
import io.prism.objectstore.v1.ListObjectsResponse;
import io.prism.objectstore.v1.ObjectMetadata;
import io.prism.objectstore.v1.PresignedURLRequest;
import io.prism.objectstore.v1.PresignedURLResponse;
import io.prism.objectstore.v1.PutObjectRequest;
import io.prism.objectstore.v1.PutObjectResponse;
import io.prism.starter.auth.Session;
import io.prism.starter.error.PrismException;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Between the messages of the wire and the domain. */
final class ObjectStoreProtos {

  private ObjectStoreProtos() {}

  static NewObject object(Session session, PutObjectRequest first, Instant now) {
    return new NewObject(
        NameRules.object(session.namespace(), first.getBucket(), first.getKey()),
        ObjectRules.contentType(first.getContentType()),
        ObjectRules.metadata(first.getMetadataMap()),
        ObjectRules.expiresAt(
            first.hasTtlSeconds() ? first.getTtlSeconds() : null,
            session.config().getObjectStore().getDefaultTtlSeconds(),
            now),
        ObjectRules.sha256(first.hasSha256() ? first.getSha256() : null),
        first.getOnlyIfNotExists());
  }

  /** Checks that a message after the first has a chunk and nothing else. */
  static void requireChunkOnly(PutObjectRequest message) {
    String field = null;
    if (!message.getBucket().isEmpty()) {
      field = "bucket";
    } else if (!message.getKey().isEmpty()) {
      field = "key";
    } else if (message.getMetadataCount() > 0) {
      field = "metadata";
    } else if (!message.getContentType().isEmpty()) {
      field = "content_type";
    } else if (message.hasTtlSeconds()) {
      field = "ttl_seconds";
    } else if (message.hasSha256()) {
      field = "sha256";
    } else if (message.getOnlyIfNotExists()) {
      field = "only_if_not_exists";
    }
    if (field != null) {
      throw PrismException.invalid(field, "set in a later message (expected: in the first only)");
    }
  }

  static PutObjectResponse response(NewObject object, Upload.Finished finished) {
    return PutObjectResponse.newBuilder()
        .setObjectId(object.name().id())
        .setEtag(finished.result().etag())
        .setSizeBytes(finished.size())
        .setVersionId(finished.result().versionId())
        .setSha256(finished.sha256())
        .build();
  }

  static HeadObjectResponse response(StoredObject object) {
    return HeadObjectResponse.newBuilder()
        .setObject(metadata(object))
        .putAllMetadata(object.metadata())
        .setSha256(object.sha256())
        .build();
  }

  static ListObjectsResponse response(ListQuery query, ObjectPage page) {
    return ListObjectsResponse.newBuilder()
        .addAllObjects(page.objects().stream().map(ObjectStoreProtos::metadata).toList())
        .addAllCommonPrefixes(page.commonPrefixes())
        .setContinuationToken(ContinuationTokens.encode(query, page.next()))
        .setIsTruncated(!page.next().isEmpty())
        .build();
  }

  private static ObjectMetadata metadata(StoredObject object) {
    ObjectMetadata.Builder metadata =
        ObjectMetadata.newBuilder()
            .setKey(object.key())
            .setSizeBytes(object.size())
            .setEtag(object.etag())
            .setLastModified(timestamp(object.lastModified()))
            .setContentType(object.contentType());
    Instant expiresAt = object.expiresAt();
    if (expiresAt != null) {
      metadata.setExpiresAt(timestamp(expiresAt));
    }
    return metadata.build();
  }

  static UrlMethod method(HttpMethod method) {
    return switch (method) {
      case HTTP_METHOD_GET -> UrlMethod.GET;
      case HTTP_METHOD_PUT -> UrlMethod.PUT;
      case HTTP_METHOD_DELETE -> UrlMethod.DELETE;
      case HTTP_METHOD_UNSPECIFIED, UNRECOGNIZED ->
          throw PrismException.invalid("method", "unspecified (expected: GET, PUT or DELETE)");
    };
  }

  static @Nullable Duration expiresIn(PresignedURLRequest request) {
    if (!request.hasExpiresIn()) {
      return null;
    }
    com.google.protobuf.Duration asked = request.getExpiresIn();
    if (!Durations.isValid(asked)) {
      throw PrismException.invalid("expires_in", "no duration (expected: 1 s to 1 h)");
    }
    return Duration.ofSeconds(asked.getSeconds(), asked.getNanos());
  }

  static PresignedURLResponse response(SignedUrl url) {
    return PresignedURLResponse.newBuilder()
        .setUrl(url.url())
        .setExpiresAt(timestamp(url.expiresAt()))
        .putAllHeaders(url.headers())
        .build();
  }

  private static Timestamp timestamp(Instant instant) {
    return Timestamp.newBuilder()
        .setSeconds(instant.getEpochSecond())
        .setNanos(instant.getNano())
        .build();
  }
}
