package io.prism.reader.domain;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which rows of a collection, in which order, and what of them.
 *
 * @param namespace of the session that asks
 * @param fields to return; empty for all
 * @param filter or null for all rows
 * @param sort the most significant key first; may be empty
 * @param <V> a value as clients send it
 */
public record Selection<V>(
    String namespace,
    String collection,
    List<String> fields,
    @Nullable Filter<V> filter,
    List<Sort> sort) {}
