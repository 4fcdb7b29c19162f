/** PubSub within one process, for local mode. */
@NullMarked
package io.prism.pubsub.inprocess;

import org.jspecify.annotations.NullMarked;
