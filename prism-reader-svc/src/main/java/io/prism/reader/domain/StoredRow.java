package io.prism.reader.domain;

import java.util.Optional;

/**
 * A row as the store has it.
 *
 * @param id as the store itself writes it; empty when the row is to have no copy
 * @param shape of the collection's rows when it was read
 * @param row as it travels
 * @param <R> a row as it travels
 */
public record StoredRow<R>(Optional<String> id, long shape, R row) {}
