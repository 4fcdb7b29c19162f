package io.prism.bench.pubsub;

import io.prism.bench.client.Deliveries;
import io.prism.bench.deployment.Service;
import io.prism.bench.load.ClosedLoop;
import io.prism.bench.scenario.Bench;
import io.prism.bench.scenario.Scenario;
import io.prism.bench.scenario.Sides;
import io.prism.bench.scenario.Unit;

/** How many events one subscriber can be given. */
public final class EventStream implements Scenario {
  /** Fewer than a subscription holds back before it drops any. */
  private static final int ON_THEIR_WAY = 500;

  @Override
  public String name() {
    return "event-stream";
  }

  @Override
  public String description() {
    return "events of 1 KB that NATS's own client publishes, 500 on their way, to one live stream, beside the same without Prism";
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
    ClosedLoop.Limit limit = bench.effort().readLimit();
    Deliveries prism = new Deliveries();
    Deliveries direct = new Deliveries();
    Subscribers.throughPrism(bench, name(), 1, prism::received, prism::failed);
    Subscribers.directly(bench, name() + "-directly", 1, direct::received);
    return new Sides(
        new ClosedLoop(ON_THEIR_WAY, limit, Publishing.directly(bench, name(), prism)),
        new ClosedLoop(
            ON_THEIR_WAY, limit, Publishing.directly(bench, name() + "-directly", direct)));
  }
}
