package io.prism.starter.call;

import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How a service takes calls.
 *
 * @param blocking whether the service's handlers block (JDBC); their calls then hop to a virtual
 *     thread, while all others stay on the thread that read them
 * @param maxConcurrentCalls most unary calls in flight in this instance; more are shed with
 *     UNAVAILABLE {@code OVERLOADED}
 * @param maxConcurrentStreams most streaming calls open in this instance; more are shed with
 *     UNAVAILABLE {@code OVERLOADED}
 * @param drainDelay how long a stopping instance still takes calls after it reports NOT_SERVING, so
 *     that load balancers notice
 * @param drainTimeout how long a stopping instance waits for calls in flight before it ends them
 */
@Validated
@ConfigurationProperties("prism.call")
public record CallProperties(
    @DefaultValue("true") boolean blocking,
    @DefaultValue("2000") @Min(1) int maxConcurrentCalls,
    @DefaultValue("10000") @Min(1) int maxConcurrentStreams,
    @DefaultValue("0s") Duration drainDelay,
    @DefaultValue("20s") Duration drainTimeout) {}
