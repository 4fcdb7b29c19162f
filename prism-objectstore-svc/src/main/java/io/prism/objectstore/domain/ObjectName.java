package io.prism.objectstore.domain;

/**
 * Which object is meant.
 *
 * @param namespace of the session
 * @param bucket within the namespace
 * @param key within the bucket
 */
public record ObjectName(String namespace, String bucket, String key) {

  /** How clients see it: {@code bucket/key}. */
  public String id() {
    return bucket + "/" + key;
  }
}
