package io.prism.vector.domain;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Where vectors are kept and searched. What a write has answered, every later search and read sees.
 * An index is made by the first vector that is stored in it.
 */
public interface VectorStore {

  /**
   * Stores vectors, one after the other: of two with the same id the last stays. A vector that does
   * not fit the index is refused by itself.
   *
   * @return an outcome for each; METRIC_MISMATCH
   */
  CompletableFuture<List<Outcome>> index(IndexSpec index, List<NewVector> vectors);

  /**
   * Finds the most similar vectors, the most similar first. Where {@code topK} or more match the
   * filters, there are so many. Nothing where there is no index.
   *
   * @return or DIMENSION_MISMATCH, VECTOR_INVALID, METRIC_MISMATCH
   */
  CompletableFuture<List<Neighbour>> search(IndexSpec index, VectorQuery query);

  /** Removes a vector; whether there was one. */
  CompletableFuture<Boolean> delete(IndexSpec index, String id);

  /** A vector by its id. */
  CompletableFuture<Optional<StoredVector>> get(IndexSpec index, String id, boolean withValues);
}
