package io.prism.objectstore.s3;

import io.prism.objectstore.domain.ObjectName;
import io.prism.objectstore.domain.StoredObject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.Bucket;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * One walk through the markers, and through uploads that nobody completes. Blocks, and goes on from
 * nothing but what is in S3, so it may be interrupted and run by several instances at once.
 */
public final class S3Sweep {

  /**
   * What counts as left over.
   *
   * @param uploadAge of an upload that nobody completes
   */
  public record Limits(Duration uploadAge) {}

  private final S3Link link;
  private final S3Names names;
  private final ExpiryMarkers markers;
  private final Function<ObjectName, CompletableFuture<Optional<StoredObject>>> stored;
  private final Clock clock;
  private final Limits limits;
  private int removed;

  S3Sweep(
      S3Link link,
      S3Names names,
      ExpiryMarkers markers,
      Function<ObjectName, CompletableFuture<Optional<StoredObject>>> stored,
      Clock clock,
      Limits limits) {
    this.link = link;
    this.names = names;
    this.markers = markers;
    this.stored = stored;
    this.clock = clock;
    this.limits = limits;
  }

  int run() {
    for (String bucket : buckets()) {
      try {
        expired(bucket);
        uploads(bucket);
      } catch (RuntimeException e) {
        if (!S3Failures.isNoBucket(e)) {
          throw S3Failures.translated(e);
        }
      }
    }
    return removed;
  }

  private List<String> buckets() {
    if (!names.perNamespace()) {
      return List.of(names.bucket());
    }
    String prefix = names.bucketOf("");
    return link.call("list_buckets", client -> client.listBuckets()).join().buckets().stream()
        .map(Bucket::name)
        .filter(name -> name.startsWith(prefix))
        .toList();
  }

  private void expired(String bucket) {
    String position = null;
    do {
      String token = position;
      ListObjectsV2Response page =
          link.call(
                  "list_markers",
                  client ->
                      client.listObjectsV2(
                          list ->
                              list.bucket(bucket).prefix(S3Names.MARKERS).continuationToken(token)))
              .join();
      page.contents().forEach(marker -> marker(bucket, marker));
      position = Boolean.TRUE.equals(page.isTruncated()) ? page.nextContinuationToken() : null;
    } while (position != null);
  }

  private void marker(String bucket, S3Object marker) {
    Named named = named(bucket, marker.key());
    if (named == null || named.expiresAt().isAfter(clock.instant())) {
      return;
    }
    Optional<StoredObject> object = stored.apply(named.name()).join();
    if (object.isPresent() && object.get().isExpired(clock.instant())) {
      Removal.of(link, bucket, names.keyOf(named.name()), object.get().etag()).join();
      removed++;
    }
    markers.deleteKey(bucket, marker.key()).join();
  }

  private record Named(ObjectName name, Instant expiresAt) {}

  /** What a marker is of, by its key; null if it is none. */
  private @Nullable Named named(String bucket, String markerKey) {
    String path = markerKey.substring(S3Names.MARKERS.length());
    String namespace;
    if (names.perNamespace()) {
      namespace = bucket.substring(names.bucketOf("").length());
    } else {
      int slash = path.indexOf('/');
      if (slash < 0) {
        return null;
      }
      namespace = path.substring(0, slash);
      path = path.substring(slash + 1);
    }
    int slash = path.indexOf('/');
    if (slash < 0) {
      return null;
    }
    String bucketName = path.substring(0, slash);
    return ExpiryMarkers.parse(path.substring(slash + 1))
        .map(
            marker ->
                new Named(new ObjectName(namespace, bucketName, marker.key()), marker.expiresAt()))
        .orElse(null);
  }

  private void uploads(String bucket) {
    Instant before = clock.instant().minus(limits.uploadAge());
    String key = null;
    String id = null;
    boolean more;
    do {
      String keyMarker = key;
      String idMarker = id;
      ListMultipartUploadsResponse page =
          link.call(
                  "list_uploads",
                  client ->
                      client.listMultipartUploads(
                          list ->
                              list.bucket(bucket).keyMarker(keyMarker).uploadIdMarker(idMarker)))
              .join();
      page.uploads().stream()
          .filter(upload -> upload.initiated() != null && upload.initiated().isBefore(before))
          .forEach(upload -> abort(new S3Upload.Target(bucket, upload.key(), upload.uploadId())));
      more = Boolean.TRUE.equals(page.isTruncated());
      key = page.nextKeyMarker();
      id = page.nextUploadIdMarker();
    } while (more);
  }

  private void abort(S3Upload.Target target) {
    try {
      link.call(
              "abort_upload",
              client ->
                  client.abortMultipartUpload(
                      abort ->
                          abort
                              .bucket(target.bucket())
                              .key(target.key())
                              .uploadId(target.uploadId())))
          .join();
      removed++;
    } catch (CompletionException e) {
      // Another instance was faster.
      if (!S3Failures.isNotFound(e)) {
        throw e;
      }
    }
  }
}
