/** The PubSub service's rpcs. */
@NullMarked
package io.prism.pubsub.grpc;

import org.jspecify.annotations.NullMarked;
