package io.prism.starter.backend;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * When a store counts as down.
 *
 * @param failureRate percentage of outages among the last calls that opens the circuit
 * @param window how many calls are looked at
 * @param openFor how long calls are then refused at once before the store is tried again
 * @param probeInterval how often a store's health is asked for
 */
@ConfigurationProperties("prism.backend")
public record BackendProperties(
    @DefaultValue("50") float failureRate,
    @DefaultValue("20") int window,
    @DefaultValue("2s") Duration openFor,
    @DefaultValue("2s") Duration probeInterval) {}
