/** A real Redis for tests. */
@NullMarked
package io.prism.redis.testing;

import org.jspecify.annotations.NullMarked;
