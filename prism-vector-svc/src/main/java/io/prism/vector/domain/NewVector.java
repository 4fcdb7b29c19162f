package io.prism.vector.domain;

import java.util.Map;

/** A vector to be stored. */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
public record NewVector(String id, float[] values, Map<String, String> metadata) {}
