package io.prism.starter.backend;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.micrometer.tagged.TaggedCircuitBreakerMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.Predicate;

/** Makes the guards of a service's stores, all alike. */
public final class BackendGuards {

  private final CircuitBreakerRegistry breakers;
  private final MeterRegistry meters;

  public BackendGuards(BackendProperties properties, MeterRegistry meters) {
    this.breakers =
        CircuitBreakerRegistry.of(
            CircuitBreakerConfig.custom()
                .failureRateThreshold(properties.failureRate())
                .slidingWindowSize(properties.window())
                .minimumNumberOfCalls(properties.window() / 2)
                .waitDurationInOpenState(properties.openFor())
                .permittedNumberOfCallsInHalfOpenState(5)
                .automaticTransitionFromOpenToHalfOpenEnabled(true)
                .build());
    this.meters = meters;
    TaggedCircuitBreakerMetrics.ofCircuitBreakerRegistry(breakers).bindTo(meters);
  }

  /** The guard of one store; see {@link BackendGuard#BackendGuard}. */
  public BackendGuard guard(String name, Predicate<Throwable> isOutage) {
    CircuitBreaker breaker = breakers.circuitBreaker(name);
    return new BackendGuard(name, breaker, meters, isOutage);
  }
}
