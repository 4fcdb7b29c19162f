/** The Queue service on Kafka: how it is configured and started. */
@NullMarked
package io.prism.queue;

import org.jspecify.annotations.NullMarked;
