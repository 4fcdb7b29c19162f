package io.prism.bench.objectstore;

import io.prism.bench.deployment.Service;
import io.prism.bench.scenario.Bench;
import io.prism.bench.scenario.Scenario;
import io.prism.bench.scenario.Sides;
import io.prism.bench.scenario.Unit;

/**
 * How fast objects are stored, in place of those of before.
 *
 * @param size of the objects
 */
public record ObjectPut(ObjectSize size) implements Scenario {

  @Override
  public String name() {
    return "object-put-" + size.suffix();
  }

  @Override
  public String description() {
    return size.described("PutObject") + ", beside the AWS SDK";
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
        size.load(bench, new PrismObjects(bench, size)::put),
        size.load(bench, new DirectObjects(bench, size)::put));
  }
}
