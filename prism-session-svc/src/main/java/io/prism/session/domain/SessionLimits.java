package io.prism.session.domain;

import java.time.Duration;

/**
 * How long sessions live.
 *
 * @param lifetime until a session expires unless refreshed
 * @param maxLifetime until it expires whatever is refreshed
 * @param idleLimit without a call
 * @param closeLimit how long pending operations may hold up closing
 * @param instanceLimit how long after its last report an instance may still take calls
 * @param maxPerCredential most live sessions of one credential; 0: no limit
 */
public record SessionLimits(
    Duration lifetime,
    Duration maxLifetime,
    Duration idleLimit,
    Duration closeLimit,
    Duration instanceLimit,
    int maxPerCredential) {}
