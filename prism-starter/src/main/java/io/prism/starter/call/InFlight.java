package io.prism.starter.call;

import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The calls to services of Prism that are in flight in this process; health checks and reflection,
 * whose streams may stay open for ever, do not count. Thread-safe.
 */
public final class InFlight {

  private final AtomicInteger calls = new AtomicInteger();
  private final AtomicInteger streams = new AtomicInteger();
  private final Map<String, Boolean> streaming = new ConcurrentHashMap<>();

  /** Unary calls in flight. */
  public int calls() {
    return calls.get();
  }

  /** Streaming calls open. */
  public int streams() {
    return streams.get();
  }

  /** Remembers which methods of a service stream. */
  public void learn(ServerServiceDefinition service) {
    service
        .getMethods()
        .forEach(
            method ->
                streaming.put(
                    method.getMethodDescriptor().getFullMethodName(),
                    method.getMethodDescriptor().getType() != MethodDescriptor.MethodType.UNARY));
  }

  /** Whether a method streams, or null when it is none of Prism's. */
  @Nullable Boolean isStreaming(String fullMethodName) {
    return streaming.get(fullMethodName);
  }

  void opened(boolean isStream) {
    (isStream ? streams : calls).incrementAndGet();
  }

  void closed(boolean isStream) {
    (isStream ? streams : calls).decrementAndGet();
  }
}
