/** queue-svc beside Kafka's own client, on one broker. */
@NullMarked
package io.prism.bench.queue;

import org.jspecify.annotations.NullMarked;
