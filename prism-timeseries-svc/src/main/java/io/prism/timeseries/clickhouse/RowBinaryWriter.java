package io.prism.timeseries.clickhouse;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collection;

/** Writes values as ClickHouse's format RowBinary has them. */
final class RowBinaryWriter {

  private static final int BUFFER_BYTES = 64 * 1024;
  private static final int MAX_VARINT_BYTES = 10;

  private final OutputStream out;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int used;

  RowBinaryWriter(OutputStream out) {
    this.out = out;
  }

  void int64(long value) throws IOException {
    fixed(value, Long.BYTES);
  }

  void int32(int value) throws IOException {
    fixed(value, Integer.BYTES);
  }

  /** A day, counted from 1970. */
  void date(int day) throws IOException {
    fixed(day, Short.BYTES);
  }

  void float64(double value) throws IOException {
    fixed(Double.doubleToRawLongBits(value), Double.BYTES);
  }

  void string(String value) throws IOException {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    size(bytes.length);
    if (bytes.length > buffer.length - used) {
      flush();
    }
    if (bytes.length > buffer.length) {
      out.write(bytes);
    } else {
      System.arraycopy(bytes, 0, buffer, used, bytes.length);
      used += bytes.length;
    }
  }

  void strings(Collection<String> values) throws IOException {
    size(values.size());
    for (String value : values) {
      string(value);
    }
  }

  /** How many elements of an array, entries of a map or bytes of a text follow. */
  void size(int size) throws IOException {
    room(MAX_VARINT_BYTES);
    int left = size;
    while (left > 0x7f) {
      buffer[used++] = (byte) (left | 0x80);
      left >>>= 7;
    }
    buffer[used++] = (byte) left;
  }

  private void fixed(long value, int bytes) throws IOException {
    room(bytes);
    for (int i = 0; i < bytes; i++) {
      buffer[used++] = (byte) (value >>> (8 * i));
    }
  }

  private void room(int bytes) throws IOException {
    if (bytes > buffer.length - used) {
      flush();
    }
  }

  void flush() throws IOException {
    out.write(buffer, 0, used);
    used = 0;
  }
}
