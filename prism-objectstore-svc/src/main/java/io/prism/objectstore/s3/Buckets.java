package io.prism.objectstore.s3;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** S3's buckets, which are made when something is first written into them. */
final class Buckets {

  private final S3Link link;

  Buckets(S3Link link) {
    this.link = link;
  }

  /** Does something that needs a bucket; if there is none, makes it and tries again. */
  <T> CompletableFuture<T> in(String bucket, Supplier<CompletableFuture<T>> work) {
    return work.get()
        .exceptionallyCompose(
            failure ->
                S3Failures.isNoBucket(failure)
                    ? make(bucket).thenCompose(made -> work.get())
                    : CompletableFuture.failedFuture(failure));
  }

  private CompletableFuture<Void> make(String bucket) {
    return link.call("create_bucket", client -> client.createBucket(b -> b.bucket(bucket)))
        .<Void>thenApply(made -> null)
        .exceptionallyCompose(
            failure ->
                S3Failures.isOwnBucket(failure)
                    ? CompletableFuture.completedFuture(null)
                    : CompletableFuture.failedFuture(failure));
  }
}
