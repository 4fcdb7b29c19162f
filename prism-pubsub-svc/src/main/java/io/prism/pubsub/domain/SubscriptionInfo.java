package io.prism.pubsub.domain;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A subscription as its session sees it.
 *
 * @param pattern as the client wrote it
 * @param group as the client named it
 * @param received events sent on its stream so far
 * @param active whether its stream is open
 */
public record SubscriptionInfo(
    String id,
    String pattern,
    @Nullable String group,
    Instant createdAt,
    long received,
    boolean active) {}
