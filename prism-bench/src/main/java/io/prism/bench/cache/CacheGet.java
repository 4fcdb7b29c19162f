package io.prism.bench.cache;

import io.prism.bench.deployment.Service;
import io.prism.bench.load.ClosedLoop;
import io.prism.bench.scenario.Bench;
import io.prism.bench.scenario.Scenario;
import io.prism.bench.scenario.Sides;
import io.prism.bench.scenario.Unit;

/** What Get can do where Redis has the key. */
public final class CacheGet implements Scenario {
  private static final int IN_FLIGHT = 64;

  @Override
  public String name() {
    return "cache-get";
  }

  @Override
  public String description() {
    return "Get of 1 KB that is cached, 64 in flight, beside GET with Lettuce";
  }

  @Override
  public Unit unit() {
    return Unit.CALLS_PER_SECOND;
  }

  @Override
  public Service service() {
    return Service.CACHE;
  }

  @Override
  public Sides open(Bench bench) throws InterruptedException {
    ClosedLoop.Limit limit = bench.effort().readLimit();
    return new Sides(
        new ClosedLoop(IN_FLIGHT, limit, Getting.throughPrism(bench)),
        new ClosedLoop(IN_FLIGHT, limit, Getting.directly(bench)));
  }
}
