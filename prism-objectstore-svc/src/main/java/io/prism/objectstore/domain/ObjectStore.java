package io.prism.objectstore.domain;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Where objects are kept. Durable and strongly consistent: what a result has said is seen by
 * everything that begins afterwards. An object that has expired does not exist for any of this.
 *
 * <p>Nothing blocks the caller. Results fail with {@code PrismException}: BACKEND_UNAVAILABLE when
 * the store is out of reach, STORE_MISCONFIGURED when it refuses the service, and as said below.
 */
public interface ObjectStore {

  /**
   * Most bytes of an object.
   *
   * @param partBytes size of the parts it is stored in
   */
  long maxObjectBytes(int partBytes);

  /**
   * Stores an object in one go, in place of what was there; its buckets are made as needed.
   *
   * @param object with its checksum
   * @param content not to be changed before the result is there
   * @return fails with OBJECT_ALREADY_EXISTS when the object was to be stored only if there is none
   */
  CompletableFuture<PutResult> put(NewObject object, List<ByteBuffer> content);

  /** Begins to store an object in parts. Fails like {@link #put}, if that can be told already. */
  CompletableFuture<MultipartUpload> startUpload(NewObject object);

  /** What is known about an object. Fails with OBJECT_NOT_FOUND. */
  CompletableFuture<StoredObject> head(ObjectName name);

  /** Begins to read an object. Fails with OBJECT_NOT_FOUND, RANGE_INVALID. */
  CompletableFuture<ObjectContent> read(ObjectName name, ByteRange range);

  /** Deletes an object; false when there was none. */
  CompletableFuture<Boolean> delete(ObjectName name);

  /** A page of a bucket's objects; that of a bucket that was never used is empty. */
  CompletableFuture<ObjectPage> list(ListQuery query);

  /** Makes a URL for one thing with one object. */
  CompletableFuture<SignedUrl> sign(UrlRequest request);
}
