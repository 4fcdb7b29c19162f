package io.prism.cache.domain;

/**
 * A collection as a source: key {@code users:123} is the row of {@code users} whose key field is
 * 123.
 *
 * @param collection of the namespace
 * @param keyField its field; empty: the primary key
 * @param valueField whose bytes are the value; empty: the whole row as JSON
 */
public record SourceMapping(String collection, String keyField, String valueField) {}
