package io.prism.pubsub.domain;

import org.jspecify.annotations.Nullable;

/**
 * What a subscription wants of the broker.
 *
 * @param group null: every event; else each event that no other member of the group gets
 */
public record Interest(TopicPattern pattern, @Nullable GroupName group) {}
