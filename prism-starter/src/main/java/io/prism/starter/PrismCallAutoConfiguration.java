package io.prism.starter;

import io.grpc.netty.NettyServerBuilder;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import io.prism.starter.auth.InternalGuard;
import io.prism.starter.auth.InternalProperties;
import io.prism.starter.auth.SessionRegistry;
import io.prism.starter.auth.SessionTokens;
import io.prism.starter.call.CallMeter;
import io.prism.starter.call.CallObservation;
import io.prism.starter.call.CallProperties;
import io.prism.starter.call.Drain;
import io.prism.starter.call.DrainListener;
import io.prism.starter.call.InFlight;
import io.prism.starter.call.LiveStreams;
import io.prism.starter.observe.ServiceHealth;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.grpc.server.autoconfigure.GrpcServerAutoConfiguration;
import org.springframework.boot.grpc.server.autoconfigure.GrpcServerExecutorProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.grpc.server.ServerBuilderCustomizer;

/** The chain that every call to a Prism service passes. */
@AutoConfiguration(before = GrpcServerAutoConfiguration.class)
@EnableConfigurationProperties({CallProperties.class, InternalProperties.class})
public final class PrismCallAutoConfiguration {

  @Bean
  @ConditionalOnMissingBean
  InFlight inFlight() {
    return new InFlight();
  }

  @Bean
  LiveStreams liveStreams() {
    return new LiveStreams();
  }

  @Bean
  InternalGuard internalGuard(InternalProperties properties) {
    return new InternalGuard(properties);
  }

  /** Threads for what blocks: handlers of blocking services, cold token verifications. */
  @Bean(destroyMethod = "close")
  ExecutorService blockingExecutor() {
    return Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("prism-call-", 0).factory());
  }

  @Bean
  CallObservation callObservation(
      MeterRegistry meters, ObjectProvider<Tracer> tracer, ObjectProvider<Propagator> propagator) {
    return new CallObservation(
        meters, tracer.getIfAvailable(), propagator.getIfAvailable(() -> Propagator.NOOP));
  }

  @Bean
  CallChain callChain(
      CallObservation observation,
      InFlight inFlight,
      CallProperties properties,
      SessionTokens tokens,
      SessionRegistry registry,
      InternalGuard internalGuard,
      LiveStreams liveStreams,
      ExecutorService blockingExecutor) {
    return CallChain.of(
        observation,
        inFlight,
        properties,
        tokens,
        registry,
        internalGuard,
        liveStreams,
        blockingExecutor);
  }

  @Bean
  Drain drain(
      ServiceHealth health,
      ObjectProvider<DrainListener> listeners,
      InFlight inFlight,
      LiveStreams liveStreams,
      CallProperties properties) {
    return new Drain(
        health::drain, listeners.orderedStream().toList(), inFlight, liveStreams, properties);
  }

  /** Calls begin on the thread that read them; the chain moves on what may block. */
  @Bean
  @ConditionalOnMissingBean
  GrpcServerExecutorProvider callExecutor() {
    return () -> Runnable::run;
  }

  @Bean
  ServerBuilderCustomizer<NettyServerBuilder> callMeterCustomizer(InFlight inFlight) {
    return builder -> builder.addStreamTracerFactory(new CallMeter.Factory(inFlight));
  }
}
