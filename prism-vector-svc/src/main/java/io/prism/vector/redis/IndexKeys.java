package io.prism.vector.redis;

import io.prism.vector.domain.IndexSpec;
import java.nio.charset.StandardCharsets;

/**
 * The keys of an index; both are in one slot of a cluster.
 *
 * @param shape of what is fixed when the index is made
 * @param vectors of the vector set
 */
record IndexKeys(String shape, String vectors) {

  static IndexKeys of(IndexSpec index) {
    String prefix = "{" + index.namespace() + "}:";
    return new IndexKeys(prefix + "vi:" + index.name(), prefix + "vs:" + index.name());
  }

  byte[] shapeKey() {
    return shape.getBytes(StandardCharsets.UTF_8);
  }

  byte[] vectorsKey() {
    return vectors.getBytes(StandardCharsets.UTF_8);
  }
}
