package io.prism.objectstore.domain;

import java.util.List;

/**
 * A page of a listing.
 *
 * @param objects by key, in the order of their bytes
 * @param commonPrefixes likewise, each once in a listing
 * @param next where the next page begins; empty: this was the last one
 */
public record ObjectPage(List<StoredObject> objects, List<String> commonPrefixes, String next) {}
