package io.prism.objectstore.s3;

import java.util.concurrent.CompletableFuture;

/**
 * Deletes an object that has expired, and no other that took its place meanwhile. S3 compares the
 * entity tag; a store that cannot is asked without, which leaves a moment for a mistake.
 */
final class Removal {

  private Removal() {}

  /** Deletes it, if it is still the one with this entity tag. */
  static CompletableFuture<Void> of(S3Link link, String bucket, String key, String etag) {
    return link.call(
            "delete_expired",
            client -> client.deleteObject(d -> d.bucket(bucket).key(key).ifMatch(quoted(etag))))
        .<Void>thenApply(deleted -> null)
        .exceptionallyCompose(
            failure -> {
              if (S3Failures.isPreconditionFailed(failure) || S3Failures.isNotFound(failure)) {
                return CompletableFuture.completedFuture(null);
              }
              if (S3Failures.isNotImplemented(failure)) {
                return link.call(
                        "delete_expired",
                        client -> client.deleteObject(d -> d.bucket(bucket).key(key)))
                    .thenApply(deleted -> null);
              }
              return CompletableFuture.failedFuture(failure);
            });
  }

  private static String quoted(String etag) {
    return etag.startsWith("\"") ? etag : "\"" + etag + "\"";
  }
}
