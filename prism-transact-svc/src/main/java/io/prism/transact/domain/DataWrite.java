package io.prism.transact.domain;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A write to a table of the session's namespace.
 *
 * @param values by column name, as they came over the wire; what they are to a column, its type
 *     says, which only the store knows
 * @param idField the column that tells the row; null for the primary key
 * @param expectedVersion that the row must have; null for any
 * @param <V> a value as the wire has it, which the domain only passes on
 */
public record DataWrite<V>(
    String table,
    WriteMode mode,
    Map<String, V> values,
    @Nullable String idField,
    @Nullable String expectedVersion) {}
