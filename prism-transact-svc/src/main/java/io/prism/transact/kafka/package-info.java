/** The outbox relay to Kafka. */
@NullMarked
package io.prism.transact.kafka;

import org.jspecify.annotations.NullMarked;
