package io.prism.vector.domain;

import java.util.Map;

/** A vector that a search has found. */
public record Neighbour(String id, float score, Map<String, String> metadata) {}
