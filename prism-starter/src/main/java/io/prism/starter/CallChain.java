package io.prism.starter;

import io.grpc.BindableService;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.prism.starter.auth.InternalGuard;
import io.prism.starter.auth.RateLimitInterceptor;
import io.prism.starter.auth.SessionInterceptor;
import io.prism.starter.auth.SessionRegistry;
import io.prism.starter.auth.SessionTokens;
import io.prism.starter.call.CallProperties;
import io.prism.starter.call.ErrorInterceptor;
import io.prism.starter.call.InFlight;
import io.prism.starter.call.LiveStreams;
import io.prism.starter.call.OffloadInterceptor;
import io.prism.starter.call.OverloadInterceptor;
import io.prism.starter.call.RequestIdInterceptor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
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

  private CallChain(List<ServerInterceptor> interceptors, InFlight inFlight) {
    this.interceptors = List.copyOf(interceptors);
    this.inFlight = inFlight;
  }

  /**
   * The one chain there is.
   *
   * @param observation metrics and traces of calls, or null for none
   * @param blocking threads for what may block: cold token verifications, and the handlers when
   *     {@code prism.call.blocking} says so
   */
  public static CallChain of(
      @Nullable ServerInterceptor observation,
      InFlight inFlight,
      CallProperties properties,
      SessionTokens tokens,
      SessionRegistry registry,
      InternalGuard internalGuard,
      LiveStreams liveStreams,
      Executor blocking) {
    List<ServerInterceptor> chain = new ArrayList<>();
    // 1. The id, so that everything after can name the call.
    chain.add(new RequestIdInterceptor());
    // 2. Metrics and trace, outside of the error mapping so that they see the status clients see.
    if (observation != null) {
      chain.add(observation);
    }
    // 3. Every failure of what follows becomes a status with details here.
    chain.add(new ErrorInterceptor());
    // 4. Too many calls are shed before they cost a verification.
    chain.add(new OverloadInterceptor(inFlight, properties));
    // 5. Session and permission; needs a blocking thread only for a token not seen before.
    chain.add(new SessionInterceptor(tokens, registry, internalGuard, liveStreams, blocking));
    // 6. The session's rate limit.
    chain.add(new RateLimitInterceptor());
    // 7. Only now, and only where handlers block, away from the event loop.
    if (properties.blocking()) {
      chain.add(new OffloadInterceptor(blocking));
    }
    return new CallChain(chain, inFlight);
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
