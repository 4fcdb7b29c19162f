package io.prism.bench.pubsub;

import io.prism.bench.client.Deliveries;
import io.prism.bench.deployment.Service;
import io.prism.bench.load.OpenLoop;
import io.prism.bench.scenario.Bench;
import io.prism.bench.scenario.Effort;
import io.prism.bench.scenario.Scenario;
import io.prism.bench.scenario.Sides;
import io.prism.bench.scenario.Unit;

/** How long an event takes from its publisher to a subscriber. */
public final class EventLatency implements Scenario {

  @Override
  public String name() {
    return "event-latency";
  }

  @Override
  public String description() {
    return "Publish of 1 KB to its receipt on a live stream, 1000 due in a second, beside NATS's own client; p50";
  }

  @Override
  public Unit unit() {
    return Unit.MILLISECONDS;
  }

  @Override
  public Service service() {
    return Service.PUBSUB;
  }

  @Override
  public Sides open(Bench bench) throws InterruptedException {
    Effort effort = bench.effort();
    Deliveries prism = new Deliveries();
    Deliveries direct = new Deliveries();
    Subscribers.throughPrism(bench, name(), 1, prism::received, prism::failed);
    Subscribers.directly(bench, name() + "-directly", 1, direct::received);
    return new Sides(
        new OpenLoop(
            effort.ratePerSecond(), effort.round(), Publishing.throughPrism(bench, name(), prism)),
        new OpenLoop(
            effort.ratePerSecond(),
            effort.round(),
            Publishing.directly(bench, name() + "-directly", direct)));
  }
}
