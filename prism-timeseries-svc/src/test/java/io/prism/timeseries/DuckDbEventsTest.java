package io.prism.timeseries;

import io.prism.timeseries.testing.DuckDbStand;
import io.prism.timeseries.testing.Fixture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The contract in DuckDB. */
class DuckDbEventsTest extends EventsContract {

  private static Fixture fixture;

  @BeforeAll
  static void start() {
    fixture = new Fixture(new DuckDbStand().properties());
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  @Override
  Fixture fixture() {
    return fixture;
  }
}
