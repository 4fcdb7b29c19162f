package io.prism.redis;

import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.CommandOutput;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Values of an answer in their order, as far as they fit; the rest is dropped as it comes. */
final class FittingValues extends CommandOutput<byte[], byte[], List<byte @Nullable []>> {

  private long left;

  /**
   * @param maxBytes of all values together
   */
  FittingValues(long maxBytes) {
    super(ByteArrayCodec.INSTANCE, new ArrayList<>());
    this.left = maxBytes;
  }

  @Override
  public void set(@Nullable ByteBuffer bytes) {
    if (left < 0) {
      return;
    }
    if (bytes == null) {
      output.add(null);
      return;
    }
    left -= bytes.remaining();
    if (left >= 0) {
      output.add(ByteArrayCodec.INSTANCE.decodeValue(bytes));
    }
  }
}
