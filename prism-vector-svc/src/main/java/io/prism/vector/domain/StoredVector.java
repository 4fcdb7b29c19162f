package io.prism.vector.domain;

import java.util.Map;

/**
 * A vector that is there.
 *
 * @param values empty when not asked for
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
public record StoredVector(String id, float[] values, Map<String, String> metadata) {}
