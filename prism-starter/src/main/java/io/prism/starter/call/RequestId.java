package io.prism.starter.call;

import io.grpc.Context;
import io.grpc.Metadata;
import java.util.concurrent.ThreadLocalRandom;

/** The id of a call: the client's {@code x-request-id} when it sends a sane one, else made here. */
public final class RequestId {

  /** Request and response metadata. */
  public static final Metadata.Key<String> METADATA =
      Metadata.Key.of("x-request-id", Metadata.ASCII_STRING_MARSHALLER);

  /** What {@link #current} says outside a call. */
  public static final String NONE = "none";

  static final Context.Key<String> CONTEXT = Context.key("prism-request-id");

  private static final int MAX_LENGTH = 128;

  private RequestId() {}

  /** The id of the call that runs in the current gRPC context, or {@link #NONE} outside a call. */
  public static String current() {
    String id = CONTEXT.get();
    return id == null ? NONE : id;
  }

  static String of(Metadata headers) {
    String sent = headers.get(METADATA);
    return sent != null && isSane(sent) ? sent : make();
  }

  /** Log lines quote the id, so a client may put nothing but plain characters into it. */
  private static boolean isSane(String id) {
    if (id.isEmpty() || id.length() > MAX_LENGTH) {
      return false;
    }
    return id.chars().allMatch(c -> c > ' ' && c < 0x7f);
  }

  private static String make() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    return Long.toHexString(random.nextLong()) + Long.toHexString(random.nextLong() | 1L << 60);
  }
}
