package io.prism.vector.redis;

import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.prism.redis.RedisLink;
import io.prism.starter.error.CallReason;
import io.prism.starter.error.PrismException;
import io.prism.vector.domain.IndexShape;
import io.prism.vector.domain.IndexSpec;
import io.prism.vector.domain.Metric;
import io.prism.vector.domain.Neighbour;
import io.prism.vector.domain.NewVector;
import io.prism.vector.domain.Outcome;
import io.prism.vector.domain.StoredVector;
import io.prism.vector.domain.VectorFault;
import io.prism.vector.domain.VectorQuery;
import io.prism.vector.domain.VectorStore;
import io.prism.vector.redis.VectorCommands.Embedding;
import io.prism.vector.redis.VectorCommands.Hit;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Vectors in Redis's vector sets. */
public final class RedisVectorStore implements VectorStore {

  /** How often to begin again when an index was made anew meanwhile. */
  private static final int ATTEMPTS = 3;

  private static final Duration RETRY_DELAY = Duration.ofMillis(100);

  private final RedisLink redis;
  private final Shapes shapes;
  private final Counter scans;

  /**
   * @param quantization of the vectors of new indexes with COSINE; those of others stay as they are
   */
  public RedisVectorStore(RedisLink redis, Quantization quantization, MeterRegistry meters) {
    this.redis = redis;
    this.shapes = new Shapes(redis, quantization);
    this.scans =
        Counter.builder("prism.vector.scans")
            .description("searches that looked at every vector of their index")
            .register(meters);
  }

  @Override
  public CompletableFuture<List<Outcome>> index(IndexSpec index, List<NewVector> vectors) {
    IndexKeys keys = IndexKeys.of(index);
    return shapes
        .findOrMake(index, keys, vectors)
        .thenCompose(
            found ->
                all(
                    vectors.stream()
                        .map(vector -> add(index, keys, found.orElse(null), vector, 1))
                        .toList()));
  }

  private CompletableFuture<Outcome> add(
      IndexSpec index, IndexKeys keys, @Nullable ShapeText shape, NewVector vector, int attempt) {
    // Without an index, the vector is one of those that cannot be an index's first.
    VectorFault fault =
        shape == null
            ? Shapes.first(index, vector).fault("vector", vector.values())
            : shape.shape().fault("vector", vector.values());
    if (shape == null || fault != null) {
      // Not refused for what is only remembered.
      return fault == null || (shape != null && attempt == 1)
          ? addAgain(index, keys, vector, attempt)
          : completed(Outcome.refused(fault));
    }
    Lift lift = new Lift(shape.shape());
    return redis
        .call(
            "add",
            commands ->
                VectorCommands.add(
                    commands,
                    index,
                    shape,
                    lift.stored(vector.values()),
                    vector.id(),
                    Attributes.json(vector.metadata())))
        .thenCompose(
            added ->
                added >= 0
                    ? completed(Outcome.stored(added == 1))
                    : addAgain(index, keys, vector, attempt));
  }

  private CompletableFuture<Outcome> addAgain(
      IndexSpec index, IndexKeys keys, NewVector vector, int attempt) {
    if (attempt == ATTEMPTS) {
      return CompletableFuture.failedFuture(unstable());
    }
    shapes.forget(keys);
    return shapes
        .findOrMake(index, keys, List.of(vector))
        .thenCompose(found -> add(index, keys, found.orElse(null), vector, attempt + 1));
  }

  private static PrismException unstable() {
    return PrismException.because(
            CallReason.BACKEND_UNAVAILABLE, "the index is made anew again and again")
        .retryAfter(RETRY_DELAY)
        .build();
  }

  @Override
  public CompletableFuture<List<Neighbour>> search(IndexSpec index, VectorQuery query) {
    return withShape(
            "search",
            index,
            Hits.NONE,
            shape -> requireFit(shape, query),
            (commands, keys, shape) -> hits(commands, keys, shape, index, query))
        .thenCompose(hits -> hits.few() ? scan(index, query) : completed(hits))
        .thenCompose(
            hits ->
                hits.found().isEmpty()
                    ? completed(List.of())
                    : neighbours(IndexKeys.of(index), hits, query));
  }

  /**
   * What Redis has found in an index.
   *
   * @param few whether there may be more
   */
  private record Hits(@Nullable IndexShape shape, List<Hit> found, boolean few) {
    static final Hits NONE = new Hits(null, List.of(), false);
  }

  /** Where few match, or the graph has lost some: looks at every vector, and so misses none. */
  private CompletableFuture<Hits> scan(IndexSpec index, VectorQuery query) {
    scans.increment();
    return withShape(
        "scan",
        index,
        Hits.NONE,
        shape -> requireFit(shape, query),
        (commands, keys, shape) ->
            VectorCommands.scan(
                    commands,
                    keys.vectorsKey(),
                    new Lift(shape).query(query.values()),
                    query.topK(),
                    Attributes.filter(query.filters()))
                .thenApply(found -> new Hits(shape, found, false)));
  }

  private static <T> CompletableFuture<T> completed(T value) {
    return CompletableFuture.completedFuture(value);
  }

  private static void requireFit(IndexShape shape, VectorQuery query) {
    VectorFault fault = shape.queryFault(VectorQuery.FIELD, query.values());
    if (fault != null) {
      throw fault.exception();
    }
  }

  private static CompletionStage<Hits> hits(
      RedisClusterAsyncCommands<byte[], byte[]> commands,
      IndexKeys keys,
      IndexShape shape,
      IndexSpec index,
      VectorQuery query) {
    float[] vector = new Lift(shape).query(query.values());
    String filter = Attributes.filter(query.filters());
    return commands
        .vcard(keys.vectorsKey())
        .thenCombine(
            VectorCommands.similar(
                commands, keys.vectorsKey(), vector, query.topK(), index.efSearch(), filter),
            (size, found) -> new Hits(shape, found, found.size() < Math.min(query.topK(), size)));
  }

  /** Reads something of an index of a shape. */
  private interface Reading<T> {
    CompletionStage<T> read(
        RedisClusterAsyncCommands<byte[], byte[]> commands, IndexKeys keys, IndexShape shape);
  }

  /** Reads of an index, again when it is not of the shape any more for which it was read. */
  private <T> CompletableFuture<T> withShape(
      String operation, IndexSpec index, T none, Consumer<IndexShape> check, Reading<T> reading) {
    return withShape(operation, index, none, check, reading, 1);
  }

  private <T> CompletableFuture<T> withShape(
      String operation,
      IndexSpec index,
      T none,
      Consumer<IndexShape> check,
      Reading<T> reading,
      int attempt) {
    IndexKeys keys = IndexKeys.of(index);
    Function<PrismException, CompletableFuture<T>> again =
        refusal -> {
          shapes.forget(keys);
          return attempt == ATTEMPTS
              ? CompletableFuture.failedFuture(refusal)
              : withShape(operation, index, none, check, reading, attempt + 1);
        };
    return shapes
        .find(keys)
        .thenCompose(
            found -> {
              if (found.isEmpty()) {
                return completed(none);
              }
              ShapeText shape = found.get();
              try {
                index.requireMetric(shape.shape().metric());
                check.accept(shape.shape());
              } catch (PrismException e) {
                // Not refused for what is only remembered.
                return attempt == 1 ? again.apply(e) : CompletableFuture.failedFuture(e);
              }
              return read(operation, keys, shape, reading)
                  .thenCompose(
                      answer ->
                          Arrays.equals(answer.shape(), shape.text())
                              ? completed(Objects.requireNonNull(answer.value()))
                              : again.apply(unstable()));
            });
  }

  /** What was read, and the shape that the index had just before. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Answer<T>(byte @Nullable [] shape, @Nullable T value) {}

  private <T> CompletableFuture<Answer<T>> read(
      String operation, IndexKeys keys, ShapeText shape, Reading<T> reading) {
    return redis
        .<Answer<T>>call(
            operation,
            commands ->
                commands
                    .get(keys.shapeKey())
                    .thenCombine(reading.read(commands, keys, shape.shape()), Answer<T>::new))
        .exceptionallyCompose(
            failure ->
                VectorCommands.isOtherDimensions(failure)
                    ? completed(new Answer<T>(null, null))
                    : CompletableFuture.failedFuture(failure));
  }

  private CompletableFuture<List<Neighbour>> neighbours(
      IndexKeys keys, Hits hits, VectorQuery query) {
    IndexShape shape = Objects.requireNonNull(hits.shape());
    Lift lift = new Lift(shape);
    return redis
        .call(
            "facts",
            commands ->
                all(
                    hits.found().stream()
                        .map(hit -> neighbour(commands, keys, shape, lift, query, hit))
                        .toList()))
        .thenApply(
            found ->
                found.stream()
                    .flatMap(Optional::stream)
                    .sorted(Comparator.comparingDouble(Neighbour::score).reversed())
                    .toList());
  }

  /** A hit with its metadata; with an exact score where Redis has measured something else. */
  private static CompletableFuture<Optional<Neighbour>> neighbour(
      RedisClusterAsyncCommands<byte[], byte[]> commands,
      IndexKeys keys,
      IndexShape shape,
      Lift lift,
      VectorQuery query,
      Hit hit) {
    CompletionStage<@Nullable String> attributes =
        commands.vgetattr(keys.vectorsKey(), VectorCommands.utf8(hit.id()));
    CompletionStage<Float> score =
        lift.isLifted()
            ? VectorCommands.embedding(commands, keys.vectorsKey(), hit.id())
                .thenApply(stored -> score(shape.metric(), lift, query, stored))
            : completed((float) Math.clamp(hit.score(), 0, 1));
    return attributes
        .thenCombine(
            score,
            // Without attributes it was removed meanwhile.
            (json, value) ->
                json == null
                    ? Optional.<Neighbour>empty()
                    : Optional.of(new Neighbour(hit.id(), value, Attributes.metadata(json))))
        .toCompletableFuture();
  }

  private static float score(
      Metric metric, Lift lift, VectorQuery query, @Nullable Embedding stored) {
    return stored == null
        ? 0
        : metric.score(query.values(), lift.original(stored.direction(), stored.length()));
  }

  @Override
  public CompletableFuture<Boolean> delete(IndexSpec index, String id) {
    byte[] key = IndexKeys.of(index).vectorsKey();
    return redis.call("remove", commands -> commands.vrem(key, VectorCommands.utf8(id)));
  }

  @Override
  public CompletableFuture<Optional<StoredVector>> get(
      IndexSpec index, String id, boolean withValues) {
    return withShape(
        "get",
        index,
        Optional.empty(),
        shape -> {},
        (commands, keys, shape) -> {
          CompletionStage<@Nullable String> attributes =
              commands.vgetattr(keys.vectorsKey(), VectorCommands.utf8(id));
          CompletionStage<float[]> values =
              withValues
                  ? VectorCommands.embedding(commands, keys.vectorsKey(), id)
                      .thenApply(stored -> values(new Lift(shape), stored))
                  : completed(new float[0]);
          return attributes.thenCombine(
              values,
              (json, vector) ->
                  json == null
                      ? Optional.<StoredVector>empty()
                      : Optional.of(new StoredVector(id, vector, Attributes.metadata(json))));
        });
  }

  private static float[] values(Lift lift, @Nullable Embedding stored) {
    return stored == null ? new float[0] : lift.original(stored.direction(), stored.length());
  }

  private static <T> CompletableFuture<List<T>> all(List<CompletableFuture<T>> futures) {
    return CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new))
        .thenApply(
            done -> futures.stream().map(future -> Objects.requireNonNull(future.join())).toList());
  }
}
