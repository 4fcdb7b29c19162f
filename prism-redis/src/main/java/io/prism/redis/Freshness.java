package io.prism.redis;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long copies live.
 *
 * @param ttl of a copy, less up to a tenth by chance so that copies made together do not end
 *     together; null: until it is invalidated
 * @param absentTtl for which it is remembered that there is nothing; zero: not at all
 * @param stale for which a copy may still be served after its ttl while it is loaded anew; zero:
 *     never
 */
public record Freshness(@Nullable Duration ttl, Duration absentTtl, Duration stale) {}
