package io.prism.bench.relational;

import io.prism.bench.deployment.Service;
import io.prism.bench.load.OpenLoop;
import io.prism.bench.scenario.Bench;
import io.prism.bench.scenario.Effort;
import io.prism.bench.scenario.Scenario;
import io.prism.bench.scenario.Sides;
import io.prism.bench.scenario.Unit;

/** How long a Get takes when there is room. */
public final class GetLatency implements Scenario {

  @Override
  public String name() {
    return "get-latency";
  }

  @Override
  public String description() {
    return "Get by id, 1000 due in a second, beside a select of one row; p50";
  }

  @Override
  public Unit unit() {
    return Unit.MILLISECONDS;
  }

  @Override
  public Service service() {
    return Service.READER;
  }

  @Override
  public Sides open(Bench bench) throws Exception {
    BenchTable table = BenchTable.create(bench, name());
    Effort effort = bench.effort();
    return new Sides(
        new OpenLoop(effort.ratePerSecond(), effort.round(), Getting.throughPrism(bench, table)),
        new OpenLoop(effort.ratePerSecond(), effort.round(), Getting.directly(bench, table)));
  }
}
