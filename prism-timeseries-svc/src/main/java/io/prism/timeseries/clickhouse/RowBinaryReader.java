package io.prism.timeseries.clickhouse;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads values as ClickHouse's format RowBinary has them. */
final class RowBinaryReader {

  private static final int BUFFER_BYTES = 64 * 1024;

  private final InputStream in;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int next;
  private int end;

  RowBinaryReader(InputStream in) {
    this.in = in;
  }

  /** Whether another row follows. */
  boolean hasNext() throws IOException {
    return next < end || fill();
  }

  long int64() throws IOException {
    return fixed(Long.BYTES);
  }

  int int32() throws IOException {
    return (int) fixed(Integer.BYTES);
  }

  /** A day, counted from 1970. */
  int date() throws IOException {
    return (int) fixed(Short.BYTES);
  }

  double float64() throws IOException {
    return Double.longBitsToDouble(fixed(Double.BYTES));
  }

  String string() throws IOException {
    int size = size();
    if (size <= end - next) {
      String value = new String(buffer, next, size, StandardCharsets.UTF_8);
      next += size;
      return value;
    }
    byte[] bytes = new byte[size];
    int held = end - next;
    System.arraycopy(buffer, next, bytes, 0, held);
    next = end;
    if (in.readNBytes(bytes, held, size - held) < size - held) {
      throw brokenOff();
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  List<String> strings() throws IOException {
    int size = size();
    List<String> values = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      values.add(string());
    }
    return values;
  }

  Map<String, String> stringsByName() throws IOException {
    int size = size();
    Map<String, String> values = LinkedHashMap.newLinkedHashMap(size);
    for (int i = 0; i < size; i++) {
      values.put(string(), string());
    }
    return values;
  }

  Map<String, Double> numbersByName() throws IOException {
    int size = size();
    Map<String, Double> values = LinkedHashMap.newLinkedHashMap(size);
    for (int i = 0; i < size; i++) {
      values.put(string(), float64());
    }
    return values;
  }

  private int size() throws IOException {
    int size = 0;
    for (int shift = 0; ; shift += 7) {
      int part = octet();
      size |= (part & 0x7f) << shift;
      if (part < 0x80) {
        return size;
      }
    }
  }

  private long fixed(int bytes) throws IOException {
    long value = 0;
    for (int i = 0; i < bytes; i++) {
      value |= (long) octet() << (8 * i);
    }
    return value;
  }

  private int octet() throws IOException {
    if (next == end && !fill()) {
      throw brokenOff();
    }
    return buffer[next++] & 0xff;
  }

  private boolean fill() throws IOException {
    next = 0;
    end = Math.max(0, in.read(buffer));
    return end > 0;
  }

  private static EOFException brokenOff() {
    return new EOFException("the answer of ClickHouse breaks off");
  }
}
