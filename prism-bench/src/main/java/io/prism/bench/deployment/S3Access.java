package io.prism.bench.deployment;

import java.net.URI;
import java.util.Map;

/**
 * S3, as an application would be given it. Buckets are named in the path of URLs.
 *
 * @param endpoint its URL
 */
public record S3Access(URI endpoint, String accessKey, String secretKey) {

  /** What tells objectstore-svc of it. */
  Map<String, String> properties() {
    return Map.of(
        "prism.objectstore.s3.endpoint",
        endpoint.toString(),
        "prism.objectstore.s3.path-style",
        "true",
        "prism.objectstore.s3.access-key",
        accessKey,
        "prism.objectstore.s3.secret-key",
        secretKey);
  }

  @Override
  public String toString() {
    return endpoint.toString();
  }
}
