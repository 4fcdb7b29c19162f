package io.prism.objectstore.s3;

import io.prism.objectstore.domain.ByteRange;
import io.prism.objectstore.domain.ListQuery;
import io.prism.objectstore.domain.MultipartUpload;
import io.prism.objectstore.domain.NewObject;
import io.prism.objectstore.domain.ObjectContent;
import io.prism.objectstore.domain.ObjectFailures;
import io.prism.objectstore.domain.ObjectName;
import io.prism.objectstore.domain.ObjectPage;
import io.prism.objectstore.domain.ObjectStore;
import io.prism.objectstore.domain.PutResult;
import io.prism.objectstore.domain.SignedUrl;
import io.prism.objectstore.domain.StoredObject;
import io.prism.objectstore.domain.UrlRequest;
import io.prism.starter.error.PrismException;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

/** Objects in S3. */
public final class S3ObjectStore implements ObjectStore, AutoCloseable {

  private static final int MAX_PARTS = 10_000;

  private final S3Link link;
  private final S3Names names;
  private final Clock clock;
  private final Buckets buckets;
  private final ExpiryMarkers markers;
  private final Conflicts conflicts;
  private final Aborts aborts;
  private final S3Reads reads;
  private final S3Listing listing;
  private final S3Urls urls;

  public S3ObjectStore(S3Link link, Clock clock) {
    this.link = link;
    this.clock = clock;
    this.names = new S3Names(link.settings().bucket(), link.settings().bucketPerNamespace());
    this.buckets = new Buckets(link);
    this.markers = new ExpiryMarkers(link, names, buckets);
    this.conflicts = new Conflicts(link, names, clock);
    this.aborts = new Aborts(link);
    this.reads = new S3Reads(link, names, clock);
    this.listing = new S3Listing(link, names, this::find, clock);
    this.urls = new S3Urls(link, names, clock);
  }

  @Override
  public long maxObjectBytes(int partBytes) {
    return (long) partBytes * MAX_PARTS;
  }

  @Override
  public CompletableFuture<PutResult> put(NewObject object, List<ByteBuffer> content) {
    ObjectName name = object.name();
    String bucket = names.bucketOf(name.namespace());
    String writer = writerOf(object);
    PutObjectRequest request =
        PutObjectRequest.builder()
            .bucket(bucket)
            .key(names.keyOf(name))
            .contentType(object.contentType())
            .metadata(S3Metadata.encode(object, writer))
            .contentLength(content.stream().mapToLong(ByteBuffer::remaining).sum())
            .ifNoneMatch(object.onlyIfNotExists() ? "*" : null)
            .overrideConfiguration(S3Link.within(link.settings().partTimeLimit()))
            .build();
    return marked(object)
        .thenCompose(
            marked ->
                conflicts.settling(
                    name,
                    writer,
                    () ->
                        buckets.in(
                            bucket,
                            () ->
                                link.call(
                                        "put",
                                        client -> client.putObject(request, S3Bodies.of(content)))
                                    .thenApply(
                                        response ->
                                            result(response.eTag(), response.versionId())))))
        .exceptionally(
            failure -> {
              throw S3Failures.translated(failure);
            });
  }

  /** By what a conditional write knows its own object again. */
  private static @Nullable String writerOf(NewObject object) {
    return object.onlyIfNotExists() ? UUID.randomUUID().toString() : null;
  }

  private CompletableFuture<Void> marked(NewObject object) {
    Instant expiresAt = object.expiresAt();
    return expiresAt == null
        ? CompletableFuture.completedFuture(null)
        : markers.write(object.name(), expiresAt);
  }

  static PutResult result(@Nullable String etag, @Nullable String versionId) {
    return new PutResult(S3Objects.etag(etag), versionId == null ? "" : versionId);
  }

  @Override
  public CompletableFuture<MultipartUpload> startUpload(NewObject object) {
    ObjectName name = object.name();
    String bucket = names.bucketOf(name.namespace());
    String writer = writerOf(object);
    CreateMultipartUploadRequest request =
        CreateMultipartUploadRequest.builder()
            .bucket(bucket)
            .key(names.keyOf(name))
            .contentType(object.contentType())
            .metadata(S3Metadata.encode(object, writer))
            .build();
    return free(object)
        .thenCompose(
            free ->
                buckets.in(
                    bucket,
                    () ->
                        link.call("start_upload", client -> client.createMultipartUpload(request))))
        .<MultipartUpload>thenApply(
            started ->
                new S3Upload(
                    link,
                    aborts,
                    new S3Upload.Target(bucket, names.keyOf(name), started.uploadId()),
                    object.onlyIfNotExists(),
                    () -> marked(object),
                    work -> conflicts.settling(name, writer, work)))
        .exceptionally(
            failure -> {
              throw S3Failures.translated(failure);
            });
  }

  /** Tells early what completing would tell after all bytes have been sent. */
  private CompletableFuture<Void> free(NewObject object) {
    if (!object.onlyIfNotExists()) {
      return CompletableFuture.completedFuture(null);
    }
    return find(object.name())
        .thenAccept(
            found -> {
              if (found.isPresent()) {
                throw ObjectFailures.alreadyExists(object.name());
              }
            });
  }

  @Override
  public CompletableFuture<StoredObject> head(ObjectName name) {
    return find(name).thenApply(found -> found.orElseThrow(() -> ObjectFailures.notFound(name)));
  }

  private CompletableFuture<Optional<StoredObject>> find(ObjectName name) {
    return stored(name)
        .thenApply(found -> found.filter(object -> !object.isExpired(clock.instant())));
  }

  /** What is there, expired or not. */
  private CompletableFuture<Optional<StoredObject>> stored(ObjectName name) {
    String key;
    try {
      key = names.keyOf(name);
    } catch (PrismException e) {
      return CompletableFuture.failedFuture(e);
    }
    String bucket = names.bucketOf(name.namespace());
    return link.call("head", client -> client.headObject(head -> head.bucket(bucket).key(key)))
        .thenApply(head -> Optional.of(S3Objects.of(name.key(), head)))
        .exceptionally(
            failure -> {
              if (S3Failures.isNotFound(failure)) {
                return Optional.empty();
              }
              throw S3Failures.translated(failure);
            });
  }

  @Override
  public CompletableFuture<ObjectContent> read(ObjectName name, ByteRange range) {
    return reads.read(name, range, () -> head(name));
  }

  @Override
  public CompletableFuture<Boolean> delete(ObjectName name) {
    return stored(name)
        .thenCompose(
            found ->
                found.isEmpty()
                    ? CompletableFuture.completedFuture(false)
                    : remove(name, found.get()))
        .exceptionally(
            failure -> {
              throw S3Failures.translated(failure);
            });
  }

  private CompletableFuture<Boolean> remove(ObjectName name, StoredObject object) {
    String bucket = names.bucketOf(name.namespace());
    String key = names.keyOf(name);
    boolean existed = !object.isExpired(clock.instant());
    Instant expiresAt = object.expiresAt();
    return link.call("delete", client -> client.deleteObject(d -> d.bucket(bucket).key(key)))
        .thenCompose(
            deleted ->
                expiresAt == null
                    ? CompletableFuture.completedFuture(null)
                    : markers.delete(name, expiresAt))
        .thenApply(done -> existed);
  }

  @Override
  public CompletableFuture<ObjectPage> list(ListQuery query) {
    return listing.list(query);
  }

  @Override
  public CompletableFuture<SignedUrl> sign(UrlRequest request) {
    Instant expiresAt = request.objectExpiresAt();
    CompletableFuture<Void> marked =
        expiresAt == null
            ? CompletableFuture.completedFuture(null)
            : markers.write(request.name(), expiresAt);
    return marked
        .thenApply(done -> urls.sign(request))
        .exceptionally(
            failure -> {
              throw S3Failures.translated(failure);
            });
  }

  /** Removes what has expired and what uploads have left; blocks, and returns how much it was. */
  public int sweep(S3Sweep.Limits limits) {
    return new S3Sweep(link, names, markers, this::stored, clock, limits).run();
  }

  /** Waits a while until what is being aborted is. */
  @Override
  public void close() {
    reads.close();
    aborts.close();
  }
}
