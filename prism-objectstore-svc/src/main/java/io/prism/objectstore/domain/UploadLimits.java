package io.prism.objectstore.domain;

/**
 * What an upload may use.
 *
 * @param partBytes size of a part; two of them are held at most
 * @param chunkBytes most bytes of one message, no more than a part
 * @param maxObjectBytes most bytes of an object in this deployment; 0: as many as the store takes
 */
public record UploadLimits(int partBytes, int chunkBytes, long maxObjectBytes) {

  long maxObjectBytes(ObjectStore store) {
    long most = store.maxObjectBytes(partBytes);
    return maxObjectBytes > 0 ? Math.min(maxObjectBytes, most) : most;
  }
}
