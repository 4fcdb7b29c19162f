package io.prism.objectstore.domain;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * An object that is stored in parts. Nothing of it is visible before {@link #complete}.
 *
 * <p>Calls come one after the other, each after the result of the one before.
 */
public interface MultipartUpload {

  /**
   * Stores the next part. All but the last are of the same size.
   *
   * @param number from 1
   * @param content not to be changed before the result is there
   */
  CompletableFuture<Void> part(int number, List<ByteBuffer> content);

  /**
   * Makes the object visible, whole and at once, in place of what was there.
   *
   * @param sha256 of the whole, in lower-case hex
   * @return fails with OBJECT_ALREADY_EXISTS when the object was to be stored only if there is none
   */
  CompletableFuture<PutResult> complete(String sha256);

  /** Removes what is stored of it. Never fails: what cannot be removed now is swept later. */
  CompletableFuture<Void> abort();
}
