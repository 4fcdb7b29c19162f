package io.prism.transact.domain;

import java.util.Map;

/**
 * What a write to a table did.
 *
 * @param generated the columns that the client did not send, as they are now; empty unless exactly
 *     one row was inserted or changed
 * @param <V> a value as the wire has it
 */
public record DataResult<V>(long rows, Map<String, V> generated) {}
