package io.prism.bench.vector;

import io.prism.bench.client.UnaryCall;
import io.prism.bench.deployment.Service;
import io.prism.bench.load.ClosedLoop;
import io.prism.bench.load.Operation;
import io.prism.bench.scenario.Bench;
import io.prism.bench.scenario.Scenario;
import io.prism.bench.scenario.Sides;
import io.prism.bench.scenario.Unit;
import io.prism.vector.v1.IndexVectorRequest;
import io.prism.vector.v1.IndexVectorResponse;
import io.prism.vector.v1.VectorServiceGrpc;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** What IndexVector can do. */
public record VectorIndex(Backend backend, VectorSet set) implements Scenario {
  private static final int IN_FLIGHT = 8;

  @Override
  public String name() {
    return backend.scenario("index", set);
  }

  @Override
  public String description() {
    return "IndexVector of new %s, 8 in flight, beside %s"
        .formatted(set.description(), backend.title());
  }

  @Override
  public Unit unit() {
    return Unit.VECTORS_PER_SECOND;
  }

  @Override
  public Service service() {
    return backend.service();
  }

  @Override
  public Sides open(Bench bench) throws InterruptedException, IOException {
    ClosedLoop.Limit limit = new ClosedLoop.Limit(bench.effort().round(), set.count(bench));
    return new Sides(
        new ClosedLoop(IN_FLIGHT, 1, limit, Runnable::run, throughPrism(bench)),
        new ClosedLoop(IN_FLIGHT, 1, limit, Runnable::run, directly(bench)));
  }

  private Operation throughPrism(Bench bench) throws InterruptedException {
    UnaryCall<IndexVectorRequest, IndexVectorResponse> call =
        new UnaryCall<>(
            Searching.client(bench, backend, "index-" + set.suffix()).channel(),
            VectorServiceGrpc.getIndexVectorMethod(),
            answer ->
                answer.getCreated() ? Optional.empty() : Optional.of("replaced, expected: new"));
    AtomicLong next = new AtomicLong();
    return attempt -> {
      long number = next.getAndIncrement();
      call.start(
          IndexVectorRequest.newBuilder()
              .setId(VectorSet.id(number))
              .addAllVector(Searching.floats(set.vector(number)))
              .build(),
          attempt);
    };
  }

  private Operation directly(Bench bench) throws IOException, InterruptedException {
    DirectVectors vectors = backend.open(bench, "index-" + set.suffix());
    AtomicLong next = new AtomicLong();
    return attempt -> {
      long number = next.getAndIncrement();
      vectors.add(attempt, VectorSet.id(number), set.vector(number));
    };
  }
}
