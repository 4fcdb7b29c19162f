package io.prism.bench.vector;

import io.prism.bench.deployment.Service;
import io.prism.bench.load.ClosedLoop;
import io.prism.bench.scenario.Bench;
import io.prism.bench.scenario.Scenario;
import io.prism.bench.scenario.Sides;
import io.prism.bench.scenario.Unit;
import java.io.IOException;

/** What SearchSimilar can do. */
public record VectorSearch(Backend backend, VectorSet set) implements Scenario {
  private static final int IN_FLIGHT = 8;

  @Override
  public String name() {
    return backend.scenario("search", set);
  }

  @Override
  public String description() {
    return "SearchSimilar of 10 in %s, 8 in flight, beside %s"
        .formatted(set.description(), backend.title());
  }

  @Override
  public Unit unit() {
    return Unit.CALLS_PER_SECOND;
  }

  @Override
  public Service service() {
    return backend.service();
  }

  @Override
  public Sides open(Bench bench) throws InterruptedException, IOException {
    return new Sides(
        new ClosedLoop(
            IN_FLIGHT,
            1,
            bench.effort().readLimit(),
            Runnable::run,
            Searching.throughPrism(bench, backend, set)),
        new ClosedLoop(
            IN_FLIGHT,
            1,
            bench.effort().readLimit(),
            Runnable::run,
            Searching.directly(bench, backend, set)));
  }
}
