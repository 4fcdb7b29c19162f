/** What the tests of the Queue service share. */
@NullMarked
package io.prism.queue.testing;

import org.jspecify.annotations.NullMarked;
