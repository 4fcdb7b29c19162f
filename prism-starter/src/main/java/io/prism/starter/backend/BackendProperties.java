package io.prism.starter.backend;

import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * When a store counts as down.
 *
 * @param failureRate percentage of outages among the last calls that opens the circuit
 * @param window how many calls are looked at
 * @param openFor how long calls are then refused at once before the store is tried again
 * @param probeInterval how often a store's health is asked for; more often while it is down
 * @param probeTimeout how long a store may take to answer that it works
 */
@Validated
@ConfigurationProperties("prism.backend")
public record BackendProperties(
    @DefaultValue("50") @DecimalMin("1") @DecimalMax("100") float failureRate,
    @DefaultValue("20") @Min(2) int window,
    @DefaultValue("2s") Duration openFor,
    @DefaultValue("2s") Duration probeInterval,
    @DefaultValue("3s") Duration probeTimeout) {}
