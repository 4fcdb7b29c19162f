/** Copies of rows in Redis. */
@NullMarked
package io.prism.reader.redis;

import org.jspecify.annotations.NullMarked;
