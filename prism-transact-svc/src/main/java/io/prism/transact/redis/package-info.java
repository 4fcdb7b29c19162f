/** Removes copies of rows from Redis. */
@NullMarked
package io.prism.transact.redis;

import org.jspecify.annotations.NullMarked;
