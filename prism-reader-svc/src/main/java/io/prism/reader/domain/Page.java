package io.prism.reader.domain;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Consecutive rows of a scan.
 *
 * @param next where the next page begins, or null when no row follows
 * @param <R> a row as it travels
 */
public record Page<R>(List<R> rows, @Nullable Position next) {}
