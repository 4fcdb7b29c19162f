/** Queues in Apache Kafka. */
@NullMarked
package io.prism.queue.kafka;

import org.jspecify.annotations.NullMarked;
