package io.prism.objectstore.domain;

import io.prism.starter.error.PrismException;

/** Failures that every store has in the same words. */
public final class ObjectFailures {

  private ObjectFailures() {}

  /** There is no such object. */
  public static PrismException notFound(ObjectName name) {
    return PrismException.because(ObjectStoreReason.OBJECT_NOT_FOUND, "no such object")
        .resource("object", name.id())
        .build();
  }

  /** There is such an object, and there was to be none. */
  public static PrismException alreadyExists(ObjectName name) {
    return PrismException.because(
            ObjectStoreReason.OBJECT_ALREADY_EXISTS, "there is such an object already")
        .resource("object", name.id())
        .build();
  }

  /** An object has more bytes than it may. */
  public static PrismException tooLarge(long limit) {
    return PrismException.because(
            ObjectStoreReason.OBJECT_TOO_LARGE,
            "the object is larger than %d bytes".formatted(limit))
        .with("limit", Long.toString(limit))
        .build();
  }

  /** An object was replaced or deleted while it was read. */
  public static PrismException changed(ObjectName name) {
    return PrismException.because(
            ObjectStoreReason.OBJECT_CHANGED, "the object was changed while it was read")
        .resource("object", name.id())
        .build();
  }
}
