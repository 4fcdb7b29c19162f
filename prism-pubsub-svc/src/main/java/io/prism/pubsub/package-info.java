/** The PubSub service: how it is configured and started. */
@NullMarked
package io.prism.pubsub;

import org.jspecify.annotations.NullMarked;
