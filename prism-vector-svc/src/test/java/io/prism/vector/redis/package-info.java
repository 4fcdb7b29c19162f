/** Vectors in Redis. */
@NullMarked
package io.prism.vector.redis;

import org.jspecify.annotations.NullMarked;
