package io.prism.timeseries.clickhouse;

import static io.prism.timeseries.clickhouse.Events.NOW;

import io.prism.timeseries.testing.ClickHouseStand;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** A database of its own for a class of tests, and a namespace for each of them. */
abstract class OnClickHouse {

  @SuppressWarnings("NullAway.Init") // Set before the first test.
  static ClickHouseStand stand;

  final String namespace = Events.newNamespace();
  final ClickHouseEventStore store = storeAt(NOW);

  @BeforeAll
  static void start() {
    stand = new ClickHouseStand();
  }

  @AfterAll
  static void stop() {
    if (stand != null) {
      stand.close();
    }
  }

  static ClickHouseEventStore storeAt(Instant now) {
    return new ClickHouseEventStore(stand.link(), Clock.fixed(now, ZoneOffset.UTC));
  }
}
