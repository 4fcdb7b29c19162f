/** The rules of PubSub, in plain Java. */
@NullMarked
package io.prism.pubsub.domain;

import org.jspecify.annotations.NullMarked;
