/** Vectors in vector sets of Redis. */
@NullMarked
package io.prism.vector.redis;

import org.jspecify.annotations.NullMarked;
