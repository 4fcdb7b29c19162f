package io.prism.bench.queue;

import io.prism.bench.deployment.Service;
import io.prism.bench.load.OpenLoop;
import io.prism.bench.scenario.Bench;
import io.prism.bench.scenario.Effort;
import io.prism.bench.scenario.Scenario;
import io.prism.bench.scenario.Sides;
import io.prism.bench.scenario.Unit;

/** How long a unary Publish takes when there is room. */
public final class PublishLatency implements Scenario {

  @Override
  public String name() {
    return "publish-latency";
  }

  @Override
  public String description() {
    return "unary Publish of 1 KB, 1000 due in a second, beside send of Kafka's producer; p50";
  }

  @Override
  public Unit unit() {
    return Unit.MILLISECONDS;
  }

  @Override
  public Service service() {
    return Service.QUEUE;
  }

  @Override
  public Sides open(Bench bench) throws InterruptedException {
    BenchTopic topic = BenchTopic.create(bench, name());
    Effort effort = bench.effort();
    return new Sides(
        new OpenLoop(effort.ratePerSecond(), effort.round(), Publishing.throughPrism(bench, topic)),
        new OpenLoop(effort.ratePerSecond(), effort.round(), Publishing.directly(bench, topic)));
  }
}
