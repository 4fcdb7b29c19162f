/** PubSub on NATS. */
@NullMarked
package io.prism.pubsub.nats;

import org.jspecify.annotations.NullMarked;
