package io.prism.objectstore.domain;

/** Where uploads go, and what they share. */
public record Uploads(
    ObjectStore store, UploadLimits limits, UploadMemory memory, StalledUploads stalls) {

  /**
   * Begins an upload.
   *
   * @param maxBytes most bytes of the object, as the session's configuration says; 0: as many as
   *     the store takes
   */
  public Upload begin(NewObject object, long maxBytes, Upload.Source source) {
    return new Upload(store, object, limits, memory, stalls, maxBytes, source);
  }
}
