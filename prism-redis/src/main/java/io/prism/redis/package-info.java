/**
 * Copies of a source's values in Redis, as services share them. {@link io.prism.redis.ReadThrough}
 * reads, {@link io.prism.redis.Invalidations} is for whoever writes to the source, {@link
 * io.prism.redis.Fences} for whoever writes the copy, too.
 */
@NullMarked
package io.prism.redis;

import org.jspecify.annotations.NullMarked;
