package io.prism.objectstore.s3;

import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where S3 is, and how it is talked to.
 *
 * @param endpoint null: that of AWS in the region
 * @param publicEndpoint that presigned URLs name; null: the endpoint
 * @param accessKey null: the credentials that the AWS SDK finds by itself
 * @param bucket that holds everything, or the beginning of the names of the namespaces' buckets
 * @param pathStyle whether the bucket is named in the path and not in the host
 * @param alwaysChecksums whether checksums are sent and checked even where S3 does not need them
 * @param timeLimit of a call but those below
 * @param partTimeLimit of a call that sends a part
 * @param completeTimeLimit of the call that puts the parts together
 */
public record S3Settings(
    @Nullable URI endpoint,
    @Nullable URI publicEndpoint,
    String region,
    @Nullable String accessKey,
    @Nullable String secretKey,
    String bucket,
    boolean bucketPerNamespace,
    boolean pathStyle,
    boolean alwaysChecksums,
    int maxConnections,
    Duration connectTimeout,
    Duration timeLimit,
    Duration partTimeLimit,
    Duration completeTimeLimit) {

  @Override
  public String toString() {
    return "S3Settings[" + endpoint + ", bucket=" + bucket + "]";
  }
}
