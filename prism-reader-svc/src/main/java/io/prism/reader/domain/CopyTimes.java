package io.prism.reader.domain;

import java.time.Duration;

/**
 * How long copies of rows live.
 *
 * @param ttl of a copy
 * @param absentTtl for which it is remembered that there is no row; zero: not at all
 * @param stale for which a copy may be served after its time while it is made anew; zero: never
 */
public record CopyTimes(Duration ttl, Duration absentTtl, Duration stale) {}
