package io.prism.bench.cache;

import io.prism.bench.deployment.Service;
import io.prism.bench.load.OpenLoop;
import io.prism.bench.scenario.Bench;
import io.prism.bench.scenario.Effort;
import io.prism.bench.scenario.Scenario;
import io.prism.bench.scenario.Sides;
import io.prism.bench.scenario.Unit;

/** How long a Get takes when there is room. */
public final class CacheGetLatency implements Scenario {

  @Override
  public String name() {
    return "cache-get-latency";
  }

  @Override
  public String description() {
    return "Get of 1 KB that is cached, 1000 due in a second, beside GET with Lettuce; p50";
  }

  @Override
  public Unit unit() {
    return Unit.MILLISECONDS;
  }

  @Override
  public Service service() {
    return Service.CACHE;
  }

  @Override
  public Sides open(Bench bench) throws InterruptedException {
    Effort effort = bench.effort();
    return new Sides(
        new OpenLoop(effort.ratePerSecond(), effort.round(), Getting.throughPrism(bench)),
        new OpenLoop(effort.ratePerSecond(), effort.round(), Getting.directly(bench)));
  }
}
