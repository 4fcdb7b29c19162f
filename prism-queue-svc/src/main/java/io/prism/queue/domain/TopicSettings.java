package io.prism.queue.domain;

import java.time.Duration;

/**
 * How a topic is made that is not there yet; an existing one stays as it is.
 *
 * @param partitions 1 or more
 * @param retention how long messages are kept
 */
public record TopicSettings(int partitions, Duration retention) {}
