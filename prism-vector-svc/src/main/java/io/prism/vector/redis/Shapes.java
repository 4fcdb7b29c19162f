package io.prism.vector.redis;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.lettuce.core.SetArgs;
import io.prism.redis.RedisLink;
import io.prism.vector.domain.IndexShape;
import io.prism.vector.domain.IndexSpec;
import io.prism.vector.domain.Metric;
import io.prism.vector.domain.NewVector;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What is fixed of indexes. Remembered, and right only as long as Redis has the same: whoever uses
 * it has to make sure of that, before it refuses anything for it, too, and to {@link #forget} it
 * otherwise.
 */
final class Shapes {

  private static final int MOST = 10_000;

  private final RedisLink redis;
  private final Quantization quantization;
  private final Cache<String, ShapeText> known = Caffeine.newBuilder().maximumSize(MOST).build();

  /**
   * @param quantization of new indexes with COSINE; those of others stay as they are
   */
  Shapes(RedisLink redis, Quantization quantization) {
    this.quantization = quantization;
    this.redis = redis;
  }

  void forget(IndexKeys keys) {
    known.invalidate(keys.shape());
  }

  /** The shape of an index; empty where there is none. */
  CompletableFuture<Optional<ShapeText>> find(IndexKeys keys) {
    ShapeText remembered = known.getIfPresent(keys.shape());
    return remembered != null
        ? CompletableFuture.completedFuture(Optional.of(remembered))
        : redis
            .call("shape", commands -> commands.get(keys.shapeKey()))
            .thenApply(text -> remember(keys, text));
  }

  private Optional<ShapeText> remember(IndexKeys keys, byte @Nullable [] text) {
    if (text == null) {
      return Optional.empty();
    }
    ShapeText shape = ShapeText.parse(text);
    known.put(keys.shape(), shape);
    return Optional.of(shape);
  }

  /**
   * The shape of an index, which is made for the first of the vectors that it can take where there
   * is none; empty where it can take none of them.
   *
   * @return or METRIC_MISMATCH
   */
  CompletableFuture<Optional<ShapeText>> findOrMake(
      IndexSpec index, IndexKeys keys, List<NewVector> vectors) {
    return find(keys)
        .thenCompose(
            found ->
                found.isPresent() && !isFit(index, found.get()) ? findAnew(keys) : completed(found))
        .thenCompose(found -> found.isPresent() ? completed(found) : make(index, keys, vectors))
        .thenApply(
            found -> {
              found.ifPresent(shape -> index.requireMetric(shape.shape().metric()));
              return found;
            });
  }

  private static boolean isFit(IndexSpec index, ShapeText found) {
    Metric wanted = index.metric();
    return wanted == null || wanted == found.shape().metric();
  }

  private CompletableFuture<Optional<ShapeText>> findAnew(IndexKeys keys) {
    forget(keys);
    return find(keys);
  }

  private static <T> CompletableFuture<T> completed(T value) {
    return CompletableFuture.completedFuture(value);
  }

  /** The first one who makes it decides. */
  private CompletableFuture<Optional<ShapeText>> make(
      IndexSpec index, IndexKeys keys, List<NewVector> vectors) {
    for (NewVector vector : vectors) {
      IndexShape shape = first(index, vector);
      if (shape.fault("vector", vector.values()) == null) {
        ShapeText wanted =
            ShapeText.of(shape, new Lift(shape).isLifted() ? Quantization.NONE : quantization);
        return redis
            .call(
                "make_index",
                commands -> commands.setGet(keys.shapeKey(), wanted.text(), SetArgs.Builder.nx()))
            .thenApply(text -> remember(keys, text == null ? wanted.text() : text));
      }
    }
    return completed(Optional.empty());
  }

  /** The shape of an index with this first vector. */
  static IndexShape first(IndexSpec index, NewVector vector) {
    return IndexShape.first(
        index, vector.values(), Lift.maxLength(index.metricToMake(), vector.values()));
  }
}
