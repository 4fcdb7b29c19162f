package io.prism.redis;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What was found.
 *
 * @param value its bytes, which nobody changes any more
 * @param remaining until it expires where it was found; null: never, or not known
 * @param fromSource whether it was loaded for this call or one that ran at the same time
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
public record Found(byte[] value, @Nullable Duration remaining, boolean fromSource) {}
