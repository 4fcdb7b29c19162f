package io.prism.bench.vector;

import io.prism.bench.deployment.Service;
import io.prism.bench.load.OpenLoop;
import io.prism.bench.scenario.Bench;
import io.prism.bench.scenario.Scenario;
import io.prism.bench.scenario.Sides;
import io.prism.bench.scenario.Unit;
import java.io.IOException;

/** How long a SearchSimilar takes when there is room. */
public record VectorSearchLatency(Backend backend, VectorSet set) implements Scenario {
  private static final int PER_SECOND = 500;

  @Override
  public String name() {
    return backend.scenario("search-latency", set);
  }

  @Override
  public String description() {
    return "SearchSimilar of 10 in %s, 500 due in a second, beside %s"
        .formatted(set.description(), backend.title());
  }

  @Override
  public Unit unit() {
    return Unit.MILLISECONDS;
  }

  @Override
  public Service service() {
    return backend.service();
  }

  @Override
  public Sides open(Bench bench) throws InterruptedException, IOException {
    int rate = Math.min(PER_SECOND, bench.effort().ratePerSecond());
    return new Sides(
        new OpenLoop(rate, bench.effort().round(), Searching.throughPrism(bench, backend, set)),
        new OpenLoop(rate, bench.effort().round(), Searching.directly(bench, backend, set)));
  }
}
