package io.prism.bench.floor;

import io.prism.bench.deployment.Service;
import io.prism.bench.load.OpenLoop;
import io.prism.bench.scenario.Bench;
import io.prism.bench.scenario.Effort;
import io.prism.bench.scenario.Scenario;
import io.prism.bench.scenario.Sides;
import io.prism.bench.scenario.Unit;

/** What a call takes when there is room, before anything is behind it. */
public final class EchoLatency implements Scenario {

  @Override
  public String name() {
    return "echo-latency";
  }

  @Override
  public String description() {
    return "unary echo of 1 KB, 1000 due in a second; p50";
  }

  @Override
  public Unit unit() {
    return Unit.MILLISECONDS;
  }

  @Override
  public Service service() {
    return Service.ECHO;
  }

  @Override
  public Sides open(Bench bench) throws InterruptedException {
    Effort effort = bench.effort();
    return Sides.only(new OpenLoop(effort.ratePerSecond(), effort.round(), Echo.calls(bench)));
  }
}
