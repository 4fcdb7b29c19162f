package io.prism.queue.kafka;

import java.time.Duration;

/**
 * How subscriptions run.
 *
 * @param max most at a time in this instance
 * @param maxSpan most deliveries of a partition since the oldest unacknowledged one
 * @param commitInterval how often acknowledged positions are committed
 * @param timeLimit after which a subscription that did not become live fails
 */
public record SubscriptionTuning(
    int max, int maxSpan, Duration commitInterval, Duration timeLimit) {}
