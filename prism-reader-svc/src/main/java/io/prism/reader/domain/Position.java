package io.prism.reader.domain;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a scan has got to: the sort keys of the last row, each in the store's own exact text form,
 * or null.
 */
public record Position(List<@Nullable String> keys) {}
