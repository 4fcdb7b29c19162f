package io.prism.cache.domain;

import java.time.Duration;

/**
 * What holds where a session's configuration says nothing.
 *
 * @param strategy how cache and source work together
 * @param ttl of values
 */
public record CacheDefaults(Strategy strategy, Duration ttl) {}
