package io.prism.pubsub.domain;

/**
 * How many subscriptions there may be at this instance.
 *
 * @param max of all sessions
 * @param maxPerSession of one session
 */
public record SubscriptionLimits(int max, int maxPerSession) {}
