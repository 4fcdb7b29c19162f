package io.prism.reader.domain;

/**
 * What the copy of a row is to be.
 *
 * @param id that it is kept under
 * @param exact whether no other id names the same row, so that its absence may be remembered, too
 * @param shape of the collection's rows; a copy of another shape is none
 */
public record CopyName(String id, boolean exact, long shape) {}
