/** A small comparison with Kafka's own client; not part of the tests. */
@NullMarked
package io.prism.queue.bench;

import org.jspecify.annotations.NullMarked;
