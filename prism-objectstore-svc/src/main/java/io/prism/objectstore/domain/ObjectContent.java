package io.prism.objectstore.domain;

import java.nio.ByteBuffer;
import java.util.concurrent.Flow;

/**
 * An object that is being read.
 *
 * @param object what it is
 * @param bytes those of the range, of this one version of the object whatever happens to it
 *     meanwhile; to be subscribed to once, which somebody must do, if only to cancel. Fetches from
 *     the store no more than is asked for, and a bounded amount besides. Buffers are handed over.
 */
public record ObjectContent(StoredObject object, Flow.Publisher<ByteBuffer> bytes) {}
