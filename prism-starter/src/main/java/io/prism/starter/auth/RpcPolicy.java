package io.prism.starter.auth;

import com.google.protobuf.Descriptors;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.grpc.MethodDescriptor;
import io.grpc.protobuf.ProtoMethodDescriptorSupplier;
import io.prism.config.v1.AccessPattern;
import io.prism.options.v1.Access;
import io.prism.options.v1.OptionsProto;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the descriptor of an rpc says about who may call it.
 *
 * @param service the service's name in permissions, the second part of its proto package
 * @param access the level
 * @param token where a request carries a session token, or null where only metadata can
 * @param streaming whether the call is a stream in either direction
 * @param operation whether closing a session waits for the call: all but server streams, which have
 *     no end of their own
 */
record RpcPolicy(
    String service,
    Access access,
    @Nullable TokenField token,
    boolean streaming,
    boolean operation) {

  private static final Set<String> FOR_EVERY_PATTERN = Set.of("session", "config", "admin");

  private static final Map<AccessPattern, Set<String>> SERVICES =
      Map.of(
          AccessPattern.ACCESS_PATTERN_KEY_VALUE, Set.of("reader", "transact", "cache"),
          AccessPattern.ACCESS_PATTERN_QUEUE, Set.of("queue"),
          AccessPattern.ACCESS_PATTERN_PUBSUB, Set.of("pubsub"),
          AccessPattern.ACCESS_PATTERN_PAGED_READER, Set.of("reader"),
          AccessPattern.ACCESS_PATTERN_TRANSACT_WRITE, Set.of("transact"),
          AccessPattern.ACCESS_PATTERN_CACHE, Set.of("cache"),
          AccessPattern.ACCESS_PATTERN_TIMESERIES, Set.of("timeseries"),
          AccessPattern.ACCESS_PATTERN_OBJECT_STORE, Set.of("objectstore"),
          AccessPattern.ACCESS_PATTERN_VECTOR, Set.of("vector"));

  private static final EnumSet<MethodDescriptor.MethodType> UNARY_REQUEST =
      EnumSet.of(MethodDescriptor.MethodType.UNARY, MethodDescriptor.MethodType.SERVER_STREAMING);

  static RpcPolicy of(MethodDescriptor<?, ?> method) {
    if (!(method.getSchemaDescriptor() instanceof ProtoMethodDescriptorSupplier supplier)) {
      throw new IllegalStateException("no proto descriptor: " + method.getFullMethodName());
    }
    Descriptors.MethodDescriptor descriptor = supplier.getMethodDescriptor();
    Access access = descriptor.getOptions().getExtension(OptionsProto.access);
    if (access == Access.ACCESS_UNSPECIFIED) {
      throw new IllegalStateException("no access level: " + method.getFullMethodName());
    }
    MethodDescriptor.MethodType type = method.getType();
    return new RpcPolicy(
        descriptor.getFile().getPackage().split("\\.", 3)[1],
        access,
        TokenField.of(descriptor.getInputType()),
        type != MethodDescriptor.MethodType.UNARY,
        type == MethodDescriptor.MethodType.UNARY || !UNARY_REQUEST.contains(type));
  }

  /** Whether a configuration with a pattern reaches this rpc's service. */
  boolean fits(AccessPattern pattern) {
    return pattern == AccessPattern.ACCESS_PATTERN_UNSPECIFIED
        || pattern == AccessPattern.UNRECOGNIZED
        || FOR_EVERY_PATTERN.contains(service)
        || SERVICES.getOrDefault(pattern, Set.of()).contains(service);
  }

  /** The {@code session_token} of a request, directly or in its {@code begin}. */
  record TokenField(@Nullable FieldDescriptor parent, FieldDescriptor field) {

    static @Nullable TokenField of(Descriptors.Descriptor request) {
      FieldDescriptor direct = request.findFieldByName("session_token");
      if (direct != null) {
        return new TokenField(null, direct);
      }
      FieldDescriptor begin = request.findFieldByName("begin");
      if (begin == null || begin.getJavaType() != FieldDescriptor.JavaType.MESSAGE) {
        return null;
      }
      FieldDescriptor nested = begin.getMessageType().findFieldByName("session_token");
      return nested == null ? null : new TokenField(begin, nested);
    }

    /** The token in a request, empty when it carries none. */
    String in(Object request) {
      Message message = (Message) request;
      if (parent != null) {
        if (!message.hasField(parent)) {
          return "";
        }
        message = (Message) message.getField(parent);
      }
      return (String) message.getField(field);
    }
  }
}
