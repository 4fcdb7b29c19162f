package io.prism.reader.redis;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** The form of a copy: the shape of the collection's rows, then the row as it travels. */
final class ShapedRow {

  private ShapedRow() {}

  static byte[] of(long shape, byte[] row) {
    return ByteBuffer.allocate(Long.BYTES + row.length).putLong(shape).put(row).array();
  }

  static long shapeOf(byte[] copy) {
    return ByteBuffer.wrap(copy).getLong();
  }

  static byte[] rowOf(byte[] copy) {
    return Arrays.copyOfRange(copy, Long.BYTES, copy.length);
  }
}
