package io.prism.objectstore.s3;

import io.prism.objectstore.domain.ObjectFailures;
import io.prism.objectstore.domain.ObjectName;
import io.prism.objectstore.domain.PutResult;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/**
 * What follows when an object was to be stored only if there is none and S3 says that there is one:
 * it may be the writer's own, from an attempt whose answer was lost, or have expired.
 */
final class Conflicts {

  private static final int ATTEMPTS = 3;

  private final S3Link link;
  private final S3Names names;
  private final Clock clock;

  Conflicts(S3Link link, S3Names names, Clock clock) {
    this.link = link;
    this.names = names;
    this.clock = clock;
  }

  /**
   * Writes an object, again if need be.
   *
   * @param writer by what the object is known as the writer's own; null: the write has no condition
   */
  CompletableFuture<PutResult> settling(
      ObjectName name, @Nullable String writer, Supplier<CompletableFuture<PutResult>> write) {
    return writer == null ? write.get() : attempt(name, writer, write, 1);
  }

  private CompletableFuture<PutResult> attempt(
      ObjectName name, String writer, Supplier<CompletableFuture<PutResult>> write, int number) {
    return write
        .get()
        .exceptionallyCompose(
            failure ->
                S3Failures.isPreconditionFailed(failure)
                    ? settle(name, writer, write, number)
                    : CompletableFuture.failedFuture(failure));
  }

  private CompletableFuture<PutResult> settle(
      ObjectName name, String writer, Supplier<CompletableFuture<PutResult>> write, int number) {
    String bucket = names.bucketOf(name.namespace());
    String key = names.keyOf(name);
    if (number >= ATTEMPTS) {
      return CompletableFuture.failedFuture(ObjectFailures.alreadyExists(name));
    }
    return link.call("head", client -> client.headObject(head -> head.bucket(bucket).key(key)))
        .thenApply(Optional::of)
        .exceptionally(
            failure -> {
              if (S3Failures.isNotFound(failure)) {
                return Optional.empty();
              }
              throw S3Failures.translated(failure);
            })
        .thenCompose(found -> decide(name, found, writer, write, number));
  }

  private CompletableFuture<PutResult> decide(
      ObjectName name,
      Optional<HeadObjectResponse> found,
      String writer,
      Supplier<CompletableFuture<PutResult>> write,
      int number) {
    if (found.isEmpty()) {
      return attempt(name, writer, write, number + 1);
    }
    HeadObjectResponse head = found.get();
    if (S3Metadata.uploadId(head.metadata()).equals(writer)) {
      return CompletableFuture.completedFuture(S3ObjectStore.result(head.eTag(), head.versionId()));
    }
    return S3Objects.of(name.key(), head).isExpired(clock.instant())
        ? replace(name, head, writer, write, number)
        : CompletableFuture.failedFuture(ObjectFailures.alreadyExists(name));
  }

  private CompletableFuture<PutResult> replace(
      ObjectName name,
      HeadObjectResponse expired,
      String writer,
      Supplier<CompletableFuture<PutResult>> write,
      int number) {
    String bucket = names.bucketOf(name.namespace());
    return Removal.of(link, bucket, names.keyOf(name), expired.eTag())
        .thenCompose(removed -> attempt(name, writer, write, number + 1));
  }
}
