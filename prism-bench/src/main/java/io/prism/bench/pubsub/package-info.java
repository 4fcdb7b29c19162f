/** Scenarios of the PubSub service, beside NATS's own client. */
@NullMarked
package io.prism.bench.pubsub;

import org.jspecify.annotations.NullMarked;
