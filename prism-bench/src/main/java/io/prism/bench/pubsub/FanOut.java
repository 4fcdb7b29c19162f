package io.prism.bench.pubsub;

import io.prism.bench.client.Deliveries;
import io.prism.bench.deployment.Service;
import io.prism.bench.load.ClosedLoop;
import io.prism.bench.load.Load;
import io.prism.bench.load.Operation;
import io.prism.bench.scenario.Bench;
import io.prism.bench.scenario.Scenario;
import io.prism.bench.scenario.Sides;
import io.prism.bench.scenario.Unit;

/** How many events many subscribers can be given. */
public final class FanOut implements Scenario {
  private static final int ON_THEIR_WAY = 8;
  private static final int SUBSCRIBERS = 100;

  @Override
  public String name() {
    return "fan-out";
  }

  @Override
  public String description() {
    return "events of 1 KB, 8 on their way, each to 100 live streams, beside 100 subscriptions of NATS's own client";
  }

  @Override
  public Unit unit() {
    return Unit.EVENTS_PER_SECOND;
  }

  @Override
  public Service service() {
    return Service.PUBSUB;
  }

  @Override
  public Sides open(Bench bench) throws InterruptedException {
    Deliveries prism = new Deliveries(SUBSCRIBERS);
    Deliveries direct = new Deliveries(SUBSCRIBERS);
    Subscribers.throughPrism(bench, name(), SUBSCRIBERS, prism::received, prism::failed);
    Subscribers.directly(bench, name() + "-directly", SUBSCRIBERS, direct::received);
    return new Sides(
        loop(bench, Publishing.throughPrism(bench, name(), prism)),
        loop(bench, Publishing.directly(bench, name() + "-directly", direct)));
  }

  private static Load loop(Bench bench, Operation operation) {
    return new ClosedLoop(
        ON_THEIR_WAY, SUBSCRIBERS, bench.effort().readLimit(), Runnable::run, operation);
  }
}
