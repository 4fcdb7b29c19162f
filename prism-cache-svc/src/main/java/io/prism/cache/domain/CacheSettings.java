package io.prism.cache.domain;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a session's configuration says about caches, over the defaults.
 *
 * @param strategy how cache and source work together
 * @param mapping the collection that is the source; null: the durable table
 * @param ttl of values whose request names none
 * @param absentTtl for which it is remembered that the source has nothing; zero: not at all
 * @param stale for which a copy may be served after its time while it is loaded anew; zero: never
 * @param allowNoExpiration whether a request may ask for a value that never expires
 */
public record CacheSettings(
    Strategy strategy,
    @Nullable SourceMapping mapping,
    Duration ttl,
    Duration absentTtl,
    Duration stale,
    boolean allowNoExpiration) {}
