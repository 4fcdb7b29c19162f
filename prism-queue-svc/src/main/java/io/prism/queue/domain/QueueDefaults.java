package io.prism.queue.domain;

import java.time.Duration;

/**
 * What holds where neither a request nor a session's configuration says otherwise.
 *
 * @param partitions of new topics
 * @param maxPartitions that a session's configuration may ask for
 * @param retention of new topics
 * @param window most unacknowledged messages of a stream
 * @param maxWindow that a stream may ask for
 * @param maxDeliveryAttempts of a message before it goes to the dead-letter topic
 */
public record QueueDefaults(
    int partitions,
    int maxPartitions,
    Duration retention,
    int window,
    int maxWindow,
    int maxDeliveryAttempts) {}
