package io.prism.cache.domain;

import java.util.Map;
import java.util.Set;

/**
 * Values that a source has of some keys.
 *
 * @param values by key
 * @param leftOut keys whose values did not fit
 */
public record SourceBatch(Map<CacheKey, SourceValue> values, Set<CacheKey> leftOut) {}
