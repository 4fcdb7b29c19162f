package io.prism.pubsub.domain;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a stream asks for.
 *
 * @param sessionId whose the subscription is
 * @param maxMessages events after which it ends; null: no limit
 * @param maxDuration time after which it ends; null: no limit
 */
public record SubscriptionRequest(
    String sessionId,
    Interest interest,
    @Nullable Integer maxMessages,
    @Nullable Duration maxDuration) {}
