package io.prism.starter.call;

import com.google.protobuf.ByteOutput;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a payload, without a copy where the request's parser gave them an array of their
 * own.
 */
public final class Payloads {

  private Payloads() {}

  /** The bytes; not to be changed. */
  public static byte[] of(ByteString payload) {
    WholeArray whole = new WholeArray();
    try {
      UnsafeByteOperations.unsafeWriteTo(payload, whole);
    } catch (IOException e) {
      throw new IllegalStateException("writing into memory failed", e);
    }
    byte[] bytes = whole.bytes;
    return bytes != null && bytes.length == payload.size() ? bytes : payload.toByteArray();
  }

  /** Keeps an array that is handed over whole; anything else is left for a copy. */
  private static final class WholeArray extends ByteOutput {

    private byte @Nullable [] bytes;

    @Override
    public void writeLazy(byte[] value, int offset, int length) {
      bytes = offset == 0 && length == value.length ? value : null;
    }

    @Override
    public void writeLazy(ByteBuffer value) {
      bytes = null;
    }

    @Override
    public void write(byte value) {
      bytes = null;
    }

    @Override
    public void write(byte[] value, int offset, int length) {
      bytes = null;
    }

    @Override
    public void write(ByteBuffer value) {
      bytes = null;
    }
  }
}
