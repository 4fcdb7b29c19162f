package io.prism.reader.domain;

/** A sort key as a client asks for it. Ascending has nulls last, descending has them first. */
public record Sort(String field, boolean descending) {}
