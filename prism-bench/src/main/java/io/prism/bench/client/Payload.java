package io.prism.bench.client;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.util.Random;

/** What messages are filled with. */
public final class Payload {
  private static final int KILOBYTE = 1024;

  private Payload() {}

  /** 1 024 bytes that do not compress, the same each time. */
  public static byte[] bytes() {
    byte[] bytes = new byte[KILOBYTE];
    new Random(1).nextBytes(bytes);
    return bytes;
  }

  /** The same for a protobuf message. */
  public static ByteString kilobyte() {
    return UnsafeByteOperations.unsafeWrap(bytes());
  }
}
