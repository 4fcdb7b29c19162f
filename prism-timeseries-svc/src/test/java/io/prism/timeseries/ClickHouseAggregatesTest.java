package io.prism.timeseries;

import io.prism.timeseries.testing.ClickHouseStand;
import io.prism.timeseries.testing.Fixture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The contract in ClickHouse. */
class ClickHouseAggregatesTest extends AggregatesContract {

  private static ClickHouseStand stand;
  private static Fixture fixture;

  @BeforeAll
  static void start() {
    stand = new ClickHouseStand();
    fixture = new Fixture(stand.properties());
  }

  @AfterAll
  static void stop() {
    if (fixture != null) {
      fixture.close();
      stand.close();
    }
  }

  @Override
  Fixture fixture() {
    return fixture;
  }
}
