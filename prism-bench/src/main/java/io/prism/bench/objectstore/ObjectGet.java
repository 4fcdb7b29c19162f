package io.prism.bench.objectstore;

import io.prism.bench.deployment.Service;
import io.prism.bench.scenario.Bench;
import io.prism.bench.scenario.Scenario;
import io.prism.bench.scenario.Sides;
import io.prism.bench.scenario.Unit;

/**
 * How fast objects come.
 *
 * @param size of the objects
 */
public record ObjectGet(ObjectSize size) implements Scenario {

  @Override
  public String name() {
    return "object-get-" + size.suffix();
  }

  @Override
  public String description() {
    return size.described("GetObject") + ", beside the AWS SDK";
  }

  @Override
  public Unit unit() {
    return size.unit();
  }

  @Override
  public Service service() {
    return Service.OBJECTSTORE;
  }

  @Override
  public Sides open(Bench bench) throws InterruptedException {
    return new Sides(
        size.load(bench, new PrismObjects(bench, size).filled(bench)::get),
        size.load(bench, new DirectObjects(bench, size).filled(bench)::get));
  }
}
