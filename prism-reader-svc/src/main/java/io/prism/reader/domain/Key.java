package io.prism.reader.domain;

/**
 * A sort key of a scan.
 *
 * @param column what it sorts by
 * @param descending whether from the greatest; nulls come first then, else last
 * @param nullable whether there may be nulls
 */
public record Key(String column, boolean descending, boolean nullable) {}
