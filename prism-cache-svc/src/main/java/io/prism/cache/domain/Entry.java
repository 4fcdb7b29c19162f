package io.prism.cache.domain;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a key has.
 *
 * @param value its bytes, which nobody changes any more
 * @param remaining until it expires where it was found; null: never, or not known
 * @param fromSource whether it came from the source
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
public record Entry(byte[] value, @Nullable Duration remaining, boolean fromSource) {}
