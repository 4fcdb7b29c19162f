package io.prism.reader.postgres;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Value;
import com.google.protobuf.WireFormat;
import io.prism.reader.v1.Row;
import io.prism.reader.v1.RowMetadata;
import io.prism.relational.ColumnType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Writes one message {@link Row} straight from a result. A generated row is a map of messages,
 * whose building, measuring and writing was most of what a row cost the service.
 */
final class RowEncoder {

  private static final int ENTRY_TAG =
      tag(Row.FIELDS_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);
  private static final int METADATA_TAG =
      tag(Row.METADATA_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);

  /** Of entries of any map. */
  private static final int NAME_TAG = tag(1, WireFormat.WIRETYPE_LENGTH_DELIMITED);

  private static final int VALUE_TAG = tag(2, WireFormat.WIRETYPE_LENGTH_DELIMITED);

  private static final int NULL_TAG =
      tag(Value.NULL_VALUE_FIELD_NUMBER, WireFormat.WIRETYPE_VARINT);
  private static final int NUMBER_TAG =
      tag(Value.NUMBER_VALUE_FIELD_NUMBER, WireFormat.WIRETYPE_FIXED64);
  private static final int STRING_TAG =
      tag(Value.STRING_VALUE_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);
  private static final int BOOL_TAG =
      tag(Value.BOOL_VALUE_FIELD_NUMBER, WireFormat.WIRETYPE_VARINT);

  private static final int NUMBER_BYTES = 1 + Double.BYTES;
  private static final int MAX_VARINT_BYTES = 5;

  private byte[] buffer;
  private int size;

  RowEncoder(int usualBytes) {
    buffer = new byte[usualBytes];
  }

  /** All tags here take one byte. */
  private static int tag(int field, int wireType) {
    return (field << 3) | wireType;
  }

  /** A field's name as {@link #field} takes it: the key of an entry, with its tag. */
  static byte[] nameOf(String name) {
    RowEncoder encoder = new RowEncoder(name.length() * 3 + 1 + MAX_VARINT_BYTES);
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    encoder.put(NAME_TAG);
    encoder.varint(bytes.length);
    encoder.put(bytes);
    return encoder.bytes();
  }

  /** Adds a field with the value of a column of the current row. */
  void field(byte[] name, ColumnType type, ResultSet row, int column) throws SQLException {
    switch (type.kind()) {
      case BOOLEAN -> {
        boolean value = row.getBoolean(column);
        bit(name, row.wasNull() ? NULL_TAG : BOOL_TAG, value);
      }
      case INT2, INT4 -> {
        int value = row.getInt(column);
        number(name, value, row.wasNull());
      }
      case FLOAT8 -> {
        double value = row.getDouble(column);
        if (Double.isFinite(value)) {
          number(name, value, row.wasNull());
        } else {
          string(name, Double.toString(value).getBytes(StandardCharsets.UTF_8));
        }
      }
      case INT8 -> {
        long value = row.getLong(column);
        string(
            name,
            row.wasNull() ? null : Long.toString(value).getBytes(StandardCharsets.ISO_8859_1));
      }
      // The driver speaks UTF-8 with PostgreSQL, as the message does with clients.
      case TEXT -> string(name, row.getBytes(column));
      case NUMERIC, CHAR, UUID, DATE, TIME, TIMETZ, TIMESTAMP, TIMESTAMPTZ, BYTEA, ENUM, OTHER -> {
        String value = type.readString(row, column);
        string(name, value == null ? null : value.getBytes(StandardCharsets.UTF_8));
      }
      case FLOAT4, JSON, JSONB, ARRAY -> value(name, type.read(row, column));
    }
  }

  private void number(byte[] name, double value, boolean isNull) {
    if (isNull) {
      bit(name, NULL_TAG, false);
      return;
    }
    entry(name, NUMBER_BYTES);
    put(NUMBER_TAG);
    long bits = Double.doubleToRawLongBits(value);
    for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
      put((int) (bits >>> shift));
    }
  }

  private void bit(byte[] name, int tag, boolean value) {
    entry(name, 2);
    put(tag);
    put(tag == BOOL_TAG && value ? 1 : 0);
  }

  private void string(byte[] name, byte @Nullable [] value) {
    if (value == null) {
      bit(name, NULL_TAG, false);
      return;
    }
    entry(name, 1 + sizeOf(value.length) + value.length);
    put(STRING_TAG);
    varint(value.length);
    put(value);
  }

  private void value(byte[] name, Value value) {
    int bytes = value.getSerializedSize();
    entry(name, bytes);
    message(value, bytes);
  }

  /** Begins an entry of the map, up to and with the length of its value; makes room for that. */
  private void entry(byte[] name, int valueBytes) {
    int bytes = name.length + 1 + sizeOf(valueBytes) + valueBytes;
    reserve(bytes + 1 + MAX_VARINT_BYTES);
    put(ENTRY_TAG);
    varint(bytes);
    put(name);
    put(VALUE_TAG);
    varint(valueBytes);
  }

  /** Adds the metadata. */
  void metadata(RowMetadata metadata) {
    int bytes = metadata.getSerializedSize();
    reserve(bytes + 1 + MAX_VARINT_BYTES);
    put(METADATA_TAG);
    varint(bytes);
    message(metadata, bytes);
  }

  private void message(MessageLite message, int bytes) {
    try {
      message.writeTo(CodedOutputStream.newInstance(buffer, size, bytes));
      size += bytes;
    } catch (IOException e) {
      throw new IllegalStateException("writing into memory failed", e);
    }
  }

  private void put(int one) {
    buffer[size] = (byte) one;
    size++;
  }

  private void put(byte[] bytes) {
    System.arraycopy(bytes, 0, buffer, size, bytes.length);
    size += bytes.length;
  }

  private void varint(int value) {
    int rest = value;
    while (rest > 0x7f) {
      put((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    put(rest);
  }

  private static int sizeOf(int value) {
    return CodedOutputStream.computeUInt32SizeNoTag(value);
  }

  private void reserve(int bytes) {
    if (buffer.length - size < bytes) {
      buffer = Arrays.copyOf(buffer, Math.max(buffer.length * 2, size + bytes));
    }
  }

  /** The message. */
  byte[] bytes() {
    return Arrays.copyOf(buffer, size);
  }
}
