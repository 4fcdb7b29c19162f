package io.prism.cache.domain;

/**
 * A key of a namespace.
 *
 * @param namespace of the session
 * @param name as the client knows it
 */
public record CacheKey(String namespace, String name) {}
