package io.prism.bench.relational;

import io.prism.bench.deployment.Service;
import io.prism.bench.load.ClosedLoop;
import io.prism.bench.scenario.Bench;
import io.prism.bench.scenario.Scenario;
import io.prism.bench.scenario.Sides;
import io.prism.bench.scenario.Unit;

/** What Get can do. */
public final class Get implements Scenario {
  private static final int IN_FLIGHT = 64;

  @Override
  public String name() {
    return "get";
  }

  @Override
  public String description() {
    return "Get by id, 64 in flight, beside a select of one row";
  }

  @Override
  public Unit unit() {
    return Unit.CALLS_PER_SECOND;
  }

  @Override
  public Service service() {
    return Service.READER;
  }

  @Override
  public Sides open(Bench bench) throws Exception {
    BenchTable table = BenchTable.create(bench, name());
    ClosedLoop.Limit limit = bench.effort().readLimit();
    return new Sides(
        new ClosedLoop(IN_FLIGHT, limit, Getting.throughPrism(bench, table)),
        new ClosedLoop(IN_FLIGHT, limit, Getting.directly(bench, table)));
  }
}
