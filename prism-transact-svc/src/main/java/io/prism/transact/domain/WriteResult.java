package io.prism.transact.domain;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a write did.
 *
 * @param at the database's time of the write
 * @param message the message's id, when there was one
 * @param <V> a value as the wire has it
 */
public record WriteResult<V>(
    String transactionId, Instant at, @Nullable DataResult<V> data, @Nullable MessageId message) {}
