package io.prism.objectstore.s3;

import java.nio.ByteBuffer;
import java.util.List;
import software.amazon.awssdk.core.async.AsyncRequestBody;

/** Bodies of requests, from buffers that are not copied. */
final class S3Bodies {

  private S3Bodies() {}

  /** A body that can be sent again, which a retry does. */
  static AsyncRequestBody of(List<ByteBuffer> content) {
    return content.isEmpty()
        ? AsyncRequestBody.empty()
        : AsyncRequestBody.fromByteBuffersUnsafe(content.toArray(ByteBuffer[]::new));
  }
}
