package io.prism.cache.domain;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a source has under a key.
 *
 * @param value its bytes, which nobody changes any more
 * @param remaining how long the source goes on having it; null: for ever
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
public record SourceValue(byte[] value, @Nullable Duration remaining) {}
