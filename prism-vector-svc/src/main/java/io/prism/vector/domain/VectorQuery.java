package io.prism.vector.domain;

import java.util.Map;

/**
 * What to search for.
 *
 * @param topK most results, 1–1 000
 * @param filters metadata that results have; all of them
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
public record VectorQuery(float[] values, int topK, Map<String, String> filters) {

  /** The field of the request that has the vector. */
  public static final String FIELD = "query_vector";
}
