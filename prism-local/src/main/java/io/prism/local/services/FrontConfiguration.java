package io.prism.local.services;

import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.prism.starter.call.CallMeter;
import io.prism.starter.call.InFlight;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.grpc.server.autoconfigure.GrpcServerExecutorProvider;
import org.springframework.boot.grpc.server.autoconfigure.GrpcServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.grpc.server.ServerBuilderCustomizer;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerResponse;

/** The two ports of local mode, in front of the services' contexts. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
class FrontConfiguration {

  /**
   * What the front serves.
   *
   * @param definitions the services, each with its own chain of interceptors around it
   */
  record Served(List<ServerServiceDefinition> definitions) {}

  @Bean
  GrpcServerFactoryCustomizer services(Served served) {
    return factory -> served.definitions().forEach(factory::addService);
  }

  @Bean
  BindableService reflection() {
    return ProtoReflectionServiceV1.newInstance();
  }

  @Bean
  GrpcServerExecutorProvider callExecutor() {
    return () -> Runnable::run;
  }

  @Bean
  ServerBuilderCustomizer<NettyServerBuilder> callMeter(InFlight inFlight) {
    return builder -> builder.addStreamTracerFactory(new CallMeter.Factory(inFlight));
  }

  /** What is measured of the process, once; Boot does so only to a registry that it has made. */
  @Bean
  SmartInitializingSingleton processMeters(
      MeterRegistry meters, ObjectProvider<MeterBinder> binders) {
    return () -> binders.forEach(binder -> binder.bindTo(meters));
  }

  /** The keys of session tokens, where session-svc has them when it runs by itself. */
  @Bean
  RouterFunction<ServerResponse> jwks(Jwks jwks) {
    return RouterFunctions.route()
        .GET(
            "/.well-known/jwks.json",
            request ->
                ServerResponse.ok().contentType(MediaType.APPLICATION_JSON).body(jwks.json()))
        .build();
  }

  /** Reads the published keys from session-svc's context. */
  interface Jwks {
    String json();
  }
}
