package io.prism.bench.queue;

import io.prism.bench.deployment.Service;
import io.prism.bench.load.ClosedLoop;
import io.prism.bench.scenario.Bench;
import io.prism.bench.scenario.Scenario;
import io.prism.bench.scenario.Sides;
import io.prism.bench.scenario.Unit;

/** What unary Publish can do. */
public final class Publish implements Scenario {
  private static final int IN_FLIGHT = 64;

  @Override
  public String name() {
    return "publish";
  }

  @Override
  public String description() {
    return "unary Publish of 1 KB, 64 in flight, beside send of Kafka's producer";
  }

  @Override
  public Unit unit() {
    return Unit.CALLS_PER_SECOND;
  }

  @Override
  public Service service() {
    return Service.QUEUE;
  }

  @Override
  public Sides open(Bench bench) throws InterruptedException {
    BenchTopic topic = BenchTopic.create(bench, name());
    ClosedLoop.Limit limit = bench.effort().limit();
    return new Sides(
        new ClosedLoop(IN_FLIGHT, limit, Publishing.throughPrism(bench, topic)),
        new ClosedLoop(IN_FLIGHT, limit, Publishing.directly(bench, topic)));
  }
}
