package io.prism.bench.vector;

import io.grpc.Channel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.prism.bench.client.PrismClient;
import io.prism.bench.client.UnaryCall;
import io.prism.bench.load.Operation;
import io.prism.bench.load.WorkNotDone;
import io.prism.bench.scenario.Bench;
import io.prism.config.v1.ClientConfig;
import io.prism.config.v1.VectorConfig;
import io.prism.vector.v1.BatchIndexResponse;
import io.prism.vector.v1.GetVectorRequest;
import io.prism.vector.v1.IndexVectorRequest;
import io.prism.vector.v1.SearchRequest;
import io.prism.vector.v1.SearchResponse;
import io.prism.vector.v1.SimilarVector;
import io.prism.vector.v1.VectorServiceGrpc;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.apache.lucene.util.VectorUtil;

/** Searches in one set, through Prism and directly, after both have all of it. */
final class Searching {
  private static final int RECALL_QUERIES = 50;
  private static final long FILL_MINUTES = 20;

  private Searching() {}

  static PrismClient client(Bench bench, Backend backend, String index)
      throws InterruptedException {
    return bench.client(
        backend.service(),
        ClientConfig.newBuilder().setVector(VectorConfig.newBuilder().setIndex(index)).build());
  }

  static Iterable<Float> floats(float[] vector) {
    Float[] floats = new Float[vector.length];
    for (int i = 0; i < vector.length; i++) {
      floats[i] = vector[i];
    }
    return List.of(floats);
  }

  static Operation throughPrism(Bench bench, Backend backend, VectorSet set)
      throws InterruptedException {
    Channel channel = client(bench, backend, "search-" + set.suffix()).channel();
    fill(bench, channel, set);
    tell("Prism", recall(bench, set, query -> ids(channel, query)));
    UnaryCall<SearchRequest, SearchResponse> call =
        new UnaryCall<>(
            channel,
            VectorServiceGrpc.getSearchSimilarMethod(),
            answer ->
                answer.getResultsCount() > 0 ? Optional.empty() : Optional.of("nothing found"));
    AtomicLong next = new AtomicLong();
    return attempt -> call.start(request(set.query(next)), attempt);
  }

  static Operation directly(Bench bench, Backend backend, VectorSet set)
      throws IOException, InterruptedException {
    DirectVectors vectors = backend.open(bench, "search-" + set.suffix());
    vectors.fill(set, set.count(bench));
    tell(backend.title(), recall(bench, set, vectors::search));
    AtomicLong next = new AtomicLong();
    return attempt -> vectors.search(attempt, set.query(next));
  }

  private static void tell(String side, double recall) {
    System.err.printf("  %s: recall@%d %.3f%n", side, DirectVectors.TOP_K, recall);
  }

  private static SearchRequest request(float[] query) {
    return SearchRequest.newBuilder()
        .addAllQueryVector(floats(query))
        .setTopK(DirectVectors.TOP_K)
        .build();
  }

  private static List<String> ids(Channel channel, float[] query) {
    return VectorServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(60, TimeUnit.SECONDS)
        .searchSimilar(request(query))
        .getResultsList()
        .stream()
        .map(SimilarVector::getId)
        .toList();
  }

  /** Asks for the nearest vectors of one. */
  private interface Search {
    List<String> nearest(float[] query) throws IOException;
  }

  /** The share of the true nearest vectors that are found by queries as they are timed. */
  private static double recall(Bench bench, VectorSet set, Search search) {
    AtomicLong next = new AtomicLong();
    List<float[]> queries = Stream.generate(() -> set.query(next)).limit(RECALL_QUERIES).toList();
    List<Set<String>> truth = exact(queries, set, set.count(bench));
    int found = 0;
    int possible = 0;
    try {
      for (int i = 0; i < queries.size(); i++) {
        possible += truth.get(i).size();
        truth.get(i).retainAll(search.nearest(queries.get(i)));
        found += truth.get(i).size();
      }
    } catch (IOException e) {
      throw new WorkNotDone(e.toString());
    }
    return (double) found / possible;
  }

  private record Scored(long number, float score) {}

  /**
   * The true nearest vectors of some, in one pass: making the vectors costs more than comparing.
   */
  private static List<Set<String>> exact(List<float[]> queries, VectorSet set, int count) {
    List<float[]> directions =
        queries.stream().map(query -> VectorUtil.l2normalize(query.clone())).toList();
    List<Queue<Scored>> nearest = new ArrayList<>();
    directions.forEach(
        direction -> nearest.add(new PriorityQueue<>(Comparator.comparingDouble(Scored::score))));
    for (long number = 0; number < count; number++) {
      float[] vector = VectorUtil.l2normalize(set.vector(number));
      for (int i = 0; i < directions.size(); i++) {
        Queue<Scored> best = nearest.get(i);
        best.add(new Scored(number, VectorUtil.dotProduct(directions.get(i), vector)));
        if (best.size() > DirectVectors.TOP_K) {
          var _ = best.remove();
        }
      }
    }
    return nearest.stream()
        .<Set<String>>map(
            best -> {
              Set<String> ids = new HashSet<>();
              best.forEach(scored -> ids.add(VectorSet.id(scored.number())));
              return ids;
            })
        .toList();
  }

  private static boolean has(Channel channel, String id) {
    return VectorServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(60, TimeUnit.SECONDS)
        .getVector(GetVectorRequest.newBuilder().setId(id).build())
        .getFound();
  }

  private static void fill(Bench bench, Channel channel, VectorSet set)
      throws InterruptedException {
    int count = set.count(bench);
    if (has(channel, VectorSet.id(count - 1))) {
      // By another scenario.
      return;
    }
    Filling filling = new Filling();
    var _ = VectorServiceGrpc.newStub(channel).batchIndex(filling);
    for (int i = 0; i < count && !filling.done.isDone(); i++) {
      filling.send(
          IndexVectorRequest.newBuilder()
              .setId(VectorSet.id(i))
              .addAllVector(floats(set.vector(i)))
              .build());
    }
    long indexed = filling.finish().getIndexed();
    if (indexed != count) {
      throw new WorkNotDone(indexed + " vectors indexed, expected " + count);
    }
  }

  /** One BatchIndex that sends when it may. */
  private static final class Filling
      implements ClientResponseObserver<IndexVectorRequest, BatchIndexResponse> {
    private final CompletableFuture<BatchIndexResponse> done = new CompletableFuture<>();
    private final CompletableFuture<ClientCallStreamObserver<IndexVectorRequest>> call =
        new CompletableFuture<>();
    private final Semaphore ready = new Semaphore(0);

    @Override
    public void beforeStart(ClientCallStreamObserver<IndexVectorRequest> started) {
      started.setOnReadyHandler(ready::release);
      call.complete(started);
    }

    void send(IndexVectorRequest vector) throws InterruptedException {
      while (!call.join().isReady() && !done.isDone()) {
        var _ = ready.tryAcquire(1, TimeUnit.SECONDS);
      }
      if (!done.isDone()) {
        call.join().onNext(vector);
      }
    }

    BatchIndexResponse finish() throws InterruptedException {
      call.join().onCompleted();
      try {
        return done.get(FILL_MINUTES, TimeUnit.MINUTES);
      } catch (ExecutionException | TimeoutException e) {
        throw new WorkNotDone("the vectors were not indexed: " + e);
      }
    }

    @Override
    public void onNext(BatchIndexResponse response) {
      done.complete(response);
    }

    @Override
    public void onError(Throwable failure) {
      done.completeExceptionally(failure);
    }

    @Override
    public void onCompleted() {}
  }
}
