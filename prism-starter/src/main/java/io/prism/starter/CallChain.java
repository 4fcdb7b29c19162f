package io.prism.starter;

import io.grpc.BindableService;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.prism.starter.call.InFlight;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.grpc.server.GrpcServerFactory;
import org.springframework.grpc.server.service.GrpcServiceConfigurer;
import org.springframework.grpc.server.service.GrpcServiceSpec;

/**
 * Puts the interceptors of Prism around each of a service's rpcs, the first of the list outermost.
 * Health and reflection stay as they are: they need no session.
 */
public final class CallChain implements GrpcServiceConfigurer {

  private static final String PRISM = "prism.";

  private final List<ServerInterceptor> interceptors;
  private final InFlight inFlight;

  CallChain(List<ServerInterceptor> interceptors, InFlight inFlight) {
    this.interceptors = List.copyOf(interceptors);
    this.inFlight = inFlight;
  }

  @Override
  public ServerServiceDefinition configure(
      GrpcServiceSpec spec, @Nullable GrpcServerFactory factory) {
    return intercept(spec.service());
  }

  /** The service with the chain around it, or as it is when it is none of Prism's. */
  public ServerServiceDefinition intercept(BindableService service) {
    ServerServiceDefinition definition = service.bindService();
    if (!definition.getServiceDescriptor().getName().startsWith(PRISM)) {
      return definition;
    }
    inFlight.learn(definition);
    return ServerInterceptors.interceptForward(definition, interceptors);
  }
}
