package io.prism.timeseries.clickhouse;

import static io.prism.timeseries.clickhouse.Events.HOUR;
import static io.prism.timeseries.clickhouse.Events.MINUTE;
import static io.prism.timeseries.clickhouse.Events.NOW;
import static io.prism.timeseries.clickhouse.Events.START;
import static io.prism.timeseries.clickhouse.Events.event;
import static io.prism.timeseries.clickhouse.Events.scope;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.prism.timeseries.domain.AggregateFunction;
import io.prism.timeseries.domain.AggregatePlan;
import io.prism.timeseries.domain.AggregatePlanner;
import io.prism.timeseries.domain.AggregateQuery;
import io.prism.timeseries.domain.Dimensions;
import io.prism.timeseries.domain.EventKey;
import io.prism.timeseries.domain.EventScope;
import io.prism.timeseries.domain.Resolution;
import io.prism.timeseries.domain.StoredEvent;
import io.prism.timeseries.domain.TimeRange;
import io.prism.timeseries.testing.ClickHouseStand;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What ClickHouse makes of rollups, beyond what holds for every store. */
class ClickHouseRollupsTest extends OnClickHouse {

  private static final List<AggregateFunction> ALL = List.of(AggregateFunction.values());

  private static AggregatePlan raw(AggregateQuery query) {
    return new AggregatePlan(query, Map.of(), List.of(query.range()));
  }

  private AggregateQuery query(
      TimeRange range,
      Map<String, String> filters,
      List<String> metrics,
      List<String> groupBy,
      long bucketNanos) {
    return new AggregateQuery(
        namespace,
        range,
        List.of(),
        new TreeMap<>(filters),
        metrics,
        false,
        ALL,
        groupBy,
        bucketNanos,
        8_000_000);
  }

  private AggregateQuery counts(TimeRange range, List<String> groupBy, long bucketNanos) {
    return new AggregateQuery(
        namespace,
        range,
        List.of(),
        new TreeMap<>(),
        List.of(),
        true,
        List.of(AggregateFunction.COUNT),
        groupBy,
        bucketNanos,
        1_000_000);
  }

  /** Wherever in a run of one instance another stores, or runs, too. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatHappensDuringARunMakesNothingWrong(boolean otherRuns) throws Exception {
    AtomicInteger stored = new AtomicInteger();
    AggregatePlanner planner = new AggregatePlanner(store);
    AggregateQuery query = counts(new TimeRange(START, START + HOUR), List.of(), 0);
    List<Long> minutes = List.of(START, START + 3 * MINUTE);
    try (Relay relay = new Relay(stand.settings().endpoint());
        ClickHouseLink link = ClickHouseStand.connect(settings(relay.endpoint()))) {
      ClickHouseEventStore relayed =
          new ClickHouseEventStore(link, Clock.fixed(NOW, ZoneOffset.UTC));
      relayed.rollUp(namespace, minutes);
      int at = 0;
      do {
        relay.before(
            at++,
            () -> {
              int number = stored.getAndAdd(2);
              store.append(List.of(counted(number, 0), counted(number, 3 * MINUTE)));
              if (otherRuns) {
                store.rollUp(namespace, minutes);
              }
            });
        relayed.rollUp(namespace, minutes);
        assertThat(counted(planner.plan(query))).as("at " + at).isEqualTo(stored.get());
      } while (at < (otherRuns ? 6 : relay.statements()));
      assertThat(relay.statements()).isGreaterThan(10);
    }
    store.rollUp(namespace, minutes);
    AggregatePlan plan = planner.plan(query);
    assertThat(plan.raw()).isEmpty();
    assertThat(counted(plan)).isEqualTo(stored.get());
  }

  private double counted(AggregatePlan plan) {
    return store.aggregate(plan).stream().mapToDouble(cell -> cell.values().getFirst()).sum();
  }

  private static ClickHouseSettings settings(URI endpoint) {
    ClickHouseSettings settings = stand.settings();
    return new ClickHouseSettings(
        endpoint,
        settings.database(),
        settings.user(),
        settings.password(),
        settings.compression(),
        settings.maxConnections(),
        settings.connectTimeout(),
        settings.timeLimit(),
        settings.insertTimeLimit());
  }

  private StoredEvent counted(int number, long after) {
    EventKey key = new EventKey(START + after + number, "t", "s", "i", 0);
    return event(scope(namespace), key, Map.of(), Map.of());
  }

  @Test
  void aRollupThatCoversNotEnoughIsNotPlannedWith() {
    store.append(
        List.of(
            event(
                scope(namespace, "a"),
                new EventKey(START, "t", "s", "1", 0),
                Map.of("a", "x", "b", "y"),
                Map.of("m", 1.0))));
    store.rollUp(namespace, List.of(START));
    TimeRange range = new TimeRange(START, START + HOUR);
    AggregatePlanner planner = new AggregatePlanner(store);
    AggregatePlan kept = planner.plan(query(range, Map.of(), List.of(), List.of("a"), 0));
    AggregatePlan dropped = planner.plan(query(range, Map.of(), List.of(), List.of("b"), 0));
    assertThat(kept.raw()).isEmpty();
    assertThat(dropped.raw()).contains(new TimeRange(START, START + MINUTE));
    assertThat(store.aggregate(kept)).singleElement().matches(c -> c.group().equals(List.of("x")));
    assertThat(store.aggregate(dropped))
        .singleElement()
        .matches(c -> c.group().equals(List.of("y")));
  }

  @Test
  void sumsAreExactWhereDoublesAre() {
    List<StoredEvent> events = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      events.add(
          event(
              scope(namespace),
              new EventKey(START + i * MINUTE / 100, "t", "s", "" + i, 0),
              Map.of(),
              Map.of("m", i % 2 == 0 ? 1e16 : 1.0)));
      events.add(
          event(
              scope(namespace),
              new EventKey(START + i * MINUTE / 100, "u", "s", "" + i, 0),
              Map.of(),
              Map.of("m", i % 2 == 0 ? -1e16 : 0.0)));
    }
    store.append(events);
    AggregateQuery query =
        query(new TimeRange(START, START + HOUR), Map.of(), List.of(), List.of(), 0);
    assertThat(store.aggregate(raw(query)).getFirst().values().get(1))
        .isCloseTo(500.0, within(2.0));
  }

  @Test
  void whatHasExpiredIsInNoAggregate() {
    EventScope week = new EventScope(namespace, 7, List.of());
    EventScope month = new EventScope(namespace, 30, List.of());
    store.append(
        List.of(
            event(week, new EventKey(START, "t", "s", "1", 0), Map.of(), Map.of("m", 1.0)),
            event(month, new EventKey(START, "t", "s", "2", 0), Map.of(), Map.of("m", 2.0))));
    store.rollUp(namespace, List.of(START));
    AggregateQuery query =
        query(new TimeRange(START, START + HOUR), Map.of(), List.of(), List.of(), 0);
    for (int days : List.of(5, 9, 40)) {
      ClickHouseEventStore then =
          storeAt(Instant.ofEpochSecond(0, START).plusSeconds(days * 86400L));
      AggregatePlan plan = new AggregatePlanner(then).plan(query);
      assertThat(plan.usesRollups()).isTrue();
      for (AggregatePlan either : List.of(plan, raw(query))) {
        assertThat(then.aggregate(either).stream().map(cell -> cell.values().get(1)).toList())
            .isEqualTo(days == 5 ? List.of(3.0) : days == 9 ? List.of(2.0) : List.of());
      }
    }
  }

  @Test
  void cellsComeInOrderAndAreNoMoreThanAskedFor() {
    List<StoredEvent> events = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      events.add(
          event(
              scope(namespace),
              new EventKey(START + i * MINUTE, "t" + i % 3, "s", "i", 0),
              Map.of(),
              Map.of("b", 1.0, "a", 1.0)));
    }
    store.append(events);
    AggregateQuery query =
        new AggregateQuery(
            namespace,
            new TimeRange(START, START + 2 * HOUR),
            List.of("t0", "t1"),
            new TreeMap<>(),
            List.of(),
            false,
            List.of(AggregateFunction.COUNT, AggregateFunction.SUM),
            List.of(Dimensions.EVENT_TYPE),
            HOUR,
            5);
    assertThat(store.aggregate(raw(query)))
        .extracting(cell -> List.of(cell.bucketStart(), cell.group().getFirst(), cell.metric()))
        .containsExactly(
            List.of(START, "t0", "a"), List.of(START, "t0", "b"), List.of(START, "t1", "a"));
  }

  @Test
  void anEventThatTookAnothersPlaceIsNotCountedTwice() {
    EventScope scope = scope(namespace, "a");
    EventKey key = new EventKey(START, "t", "s", "1", 0);
    store.append(List.of(event(scope, key, Map.of("a", "first"), Map.of("m", 1.0))));
    store.rollUp(namespace, List.of(START));
    // As an instance does whose clock is behind: its event is the first of the key.
    stand.execute(
        """
        INSERT INTO events SELECT * REPLACE (map('a', 'earlier') AS dimensions,
          precedence + 1000000000 AS precedence) FROM events WHERE namespace = '%s'
        """
            .formatted(namespace));
    AggregateQuery query =
        query(new TimeRange(START, START + HOUR), Map.of(), List.of(), List.of("a"), 0);
    AggregatePlanner planner = new AggregatePlanner(store);
    assertThat(planner.plan(query).raw()).contains(new TimeRange(START, START + MINUTE));
    store.rollUp(namespace, List.of(START));
    AggregatePlan plan = planner.plan(query);
    assertThat(plan.raw()).isEmpty();
    for (AggregatePlan either : List.of(plan, raw(query))) {
      assertThat(store.aggregate(either))
          .singleElement()
          .matches(cell -> cell.group().equals(List.of("earlier")));
    }
  }

  @Test
  void namesOfDimensionsAndMetricsNeverAreStatements() {
    List<String> corpus =
        List.of("'; DROP TABLE rollups; --", "\\", "g0", "] = 1 OR 1=1 --", "\n\t");
    for (String text : corpus) {
      store.append(
          List.of(
              event(
                  scope(namespace, text),
                  new EventKey(START, "t", "s", text, 0),
                  Map.of(text, text),
                  Map.of(text, 1.0))));
    }
    store.rollUp(namespace, List.of(START));
    for (String text : corpus) {
      AggregateQuery query =
          query(
              new TimeRange(START, START + HOUR),
              Map.of(text, text),
              List.of(text),
              List.of(text),
              0);
      AggregatePlan rollups =
          new AggregatePlan(query, Map.of(Resolution.HOUR, List.of(query.range())), List.of());
      for (AggregatePlan either : List.of(rollups, raw(query))) {
        assertThat(store.aggregate(either))
            .singleElement()
            .matches(cell -> cell.group().equals(List.of(text)) && cell.metric().equals(text));
      }
    }
  }
}
