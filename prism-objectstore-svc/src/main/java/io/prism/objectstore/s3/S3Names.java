package io.prism.objectstore.s3;

import io.prism.objectstore.domain.NameRules;
import io.prism.objectstore.domain.ObjectName;
import java.nio.charset.StandardCharsets;

/**
 * Where objects are in S3: {@code namespace/bucket/key} in one bucket, or {@code bucket/key} in one
 * per namespace. No namespace and no bucket begins with a dot, so what does is Prism's own.
 *
 * @param bucket the one bucket, or the beginning of the names of the namespaces' buckets
 */
record S3Names(String bucket, boolean perNamespace) {

  /** Under which Prism keeps what it knows of objects that expire. */
  static final String MARKERS = ".prism/ttl/";

  static final int MAX_BYTES = 1024;

  String bucketOf(String namespace) {
    return perNamespace ? bucket + "-" + namespace : bucket;
  }

  /** The beginning of the keys of a bucket's objects. */
  String prefixOf(String namespace, String bucketName) {
    return perNamespace ? bucketName + "/" : namespace + "/" + bucketName + "/";
  }

  /** The beginning of the keys of the markers of a bucket's objects. */
  String markerPrefixOf(String namespace, String bucketName) {
    return MARKERS + prefixOf(namespace, bucketName);
  }

  /**
   * The key of an object.
   *
   * @throws io.prism.starter.error.PrismException LIMIT_EXCEEDED when S3 has no room for it
   */
  String keyOf(ObjectName name) {
    String prefix = prefixOf(name.namespace(), name.bucket());
    int bytes = bytes(name.key());
    int room = MAX_BYTES - prefix.length();
    if (bytes > room) {
      throw NameRules.tooLong("key", bytes, room);
    }
    return prefix + name.key();
  }

  static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
