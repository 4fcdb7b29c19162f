package io.prism.client;

import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import io.prism.admin.v1.AdminServiceProto;
import io.prism.cache.v1.CacheServiceProto;
import io.prism.config.v1.ConfigServiceProto;
import io.prism.objectstore.v1.ObjectStoreServiceProto;
import io.prism.options.v1.Access;
import io.prism.options.v1.OptionsProto;
import io.prism.pubsub.v1.PubSubServiceProto;
import io.prism.queue.v1.QueueServiceProto;
import io.prism.reader.v1.ReaderServiceProto;
import io.prism.session.v1.SessionServiceProto;
import io.prism.timeseries.v1.TimeSeriesServiceProto;
import io.prism.transact.v1.TransactServiceProto;
import io.prism.vector.v1.VectorServiceProto;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Which calls are made again by gRPC itself, and when. */
public final class Retries {

  private static final List<FileDescriptor> CONTRACT =
      List.of(
          SessionServiceProto.getDescriptor(),
          ConfigServiceProto.getDescriptor(),
          AdminServiceProto.getDescriptor(),
          QueueServiceProto.getDescriptor(),
          PubSubServiceProto.getDescriptor(),
          ReaderServiceProto.getDescriptor(),
          TransactServiceProto.getDescriptor(),
          CacheServiceProto.getDescriptor(),
          TimeSeriesServiceProto.getDescriptor(),
          ObjectStoreServiceProto.getDescriptor(),
          VectorServiceProto.getDescriptor());

  private Retries() {}

  /**
   * A service configuration for {@code ManagedChannelBuilder.defaultServiceConfig}: what the
   * contract calls READ is tried up to four times when it gets UNAVAILABLE before an answer, after
   * pauses from 0.1 s on. Whatever writes is left to the application, which knows what a repetition
   * does.
   */
  public static Map<String, ?> ofReads() {
    List<Map<String, String>> names = new ArrayList<>();
    for (FileDescriptor file : CONTRACT) {
      for (ServiceDescriptor service : file.getServices()) {
        for (MethodDescriptor method : service.getMethods()) {
          if (method.getOptions().getExtension(OptionsProto.access) == Access.ACCESS_READ) {
            names.add(Map.of("service", service.getFullName(), "method", method.getName()));
          }
        }
      }
    }
    Map<String, ?> policy =
        Map.of(
            "maxAttempts",
            4.0,
            "initialBackoff",
            "0.1s",
            "maxBackoff",
            "2s",
            "backoffMultiplier",
            2.0,
            "retryableStatusCodes",
            List.of("UNAVAILABLE"));
    return Map.of("methodConfig", List.of(Map.of("name", names, "retryPolicy", policy)));
  }
}
