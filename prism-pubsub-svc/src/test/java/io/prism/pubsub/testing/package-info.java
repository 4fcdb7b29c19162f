/** What the tests of the PubSub service share. */
@NullMarked
package io.prism.pubsub.testing;

import org.jspecify.annotations.NullMarked;
