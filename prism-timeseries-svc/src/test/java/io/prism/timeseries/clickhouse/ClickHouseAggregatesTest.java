package io.prism.timeseries.clickhouse;

import static io.prism.timeseries.clickhouse.Events.HOUR;
import static io.prism.timeseries.clickhouse.Events.MINUTE;
import static io.prism.timeseries.clickhouse.Events.NOW;
import static io.prism.timeseries.clickhouse.Events.START;
import static io.prism.timeseries.clickhouse.Events.event;
import static io.prism.timeseries.clickhouse.Events.scope;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.prism.timeseries.domain.AggregateCell;
import io.prism.timeseries.domain.AggregateFunction;
import io.prism.timeseries.domain.AggregatePlan;
import io.prism.timeseries.domain.AggregatePlanner;
import io.prism.timeseries.domain.AggregateQuery;
import io.prism.timeseries.domain.Dimensions;
import io.prism.timeseries.domain.EventKey;
import io.prism.timeseries.domain.EventScope;
import io.prism.timeseries.domain.QuantileSketch;
import io.prism.timeseries.domain.Resolution;
import io.prism.timeseries.domain.StoredEvent;
import io.prism.timeseries.domain.TimeRange;
import io.prism.timeseries.testing.ClickHouseStand;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Aggregates on ClickHouse's engine: of events, of rollups, and of both. */
class ClickHouseAggregatesTest {

  private static final List<AggregateFunction> ALL = List.of(AggregateFunction.values());

  @SuppressWarnings("NullAway.Init") // Set before the first test.
  private static ClickHouseStand stand;

  private final String namespace = Events.newNamespace();
  private final ClickHouseEventStore store = storeAt(NOW);

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

  private static ClickHouseEventStore storeAt(Instant now) {
    return new ClickHouseEventStore(stand.link(), Clock.fixed(now, ZoneOffset.UTC));
  }

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

  /** Events as they come in: in no order, some of them twice, some after a rollup. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void eventsAndRollupsAndJavaSayTheSame(int seed) {
    Random random = new Random(seed);
    Map<EventKey, StoredEvent> expected = new LinkedHashMap<>();
    List<StoredEvent> sent = new ArrayList<>();
    AggregatePlanner planner = new AggregatePlanner(store);
    boolean usedRollups = false;
    for (int round = 0; round < 4; round++) {
      List<StoredEvent> events = new ArrayList<>();
      for (int i = 0; i < 300; i++) {
        StoredEvent event =
            !sent.isEmpty() && random.nextInt(10) == 0
                ? sent.get(random.nextInt(sent.size()))
                : random(random);
        sent.add(event);
        events.add(event);
        expected.putIfAbsent(event.key(), event);
      }
      store.append(events);
      if (round < 3) {
        rollUpSome(events, random);
      }
      for (AggregateQuery query : queries(random)) {
        AggregatePlan plan = planner.plan(query);
        usedRollups |= plan.usesRollups();
        List<AggregateCell> recomputed = Recomputed.cells(query, expected.values());
        same(store.aggregate(raw(query)), recomputed);
        same(store.aggregate(plan), recomputed);
      }
    }
    assertThat(usedRollups).isTrue();
  }

  private void rollUpSome(List<StoredEvent> events, Random random) {
    Set<Long> minutes = new HashSet<>();
    for (StoredEvent event : events) {
      if (random.nextInt(4) > 0) {
        minutes.add(Resolution.MINUTE.floor(event.key().timestamp()));
      }
    }
    store.rollUp(namespace, minutes);
  }

  private StoredEvent random(Random random) {
    EventScope scope =
        random.nextInt(50) == 0
            ? scope(namespace, "host", "source")
            : scope(namespace, "host", "region", "source");
    EventKey key =
        new EventKey(
            START + random.nextInt(20) * 9L * MINUTE + random.nextLong(MINUTE),
            "t" + random.nextInt(2),
            "s" + random.nextInt(2),
            "i" + random.nextInt(1000),
            0);
    Map<String, String> dimensions = new HashMap<>();
    if (random.nextInt(4) > 0) {
      dimensions.put("region", "r" + random.nextInt(3));
    }
    if (random.nextBoolean()) {
      dimensions.put("host", random.nextInt(5) == 0 ? "" : "h" + random.nextInt(2));
    }
    dimensions.put("request", "" + random.nextInt(5));
    Map<String, Double> metrics = new HashMap<>();
    if (random.nextInt(5) > 0) {
      metrics.put("latency", Math.exp(random.nextGaussian() * 3));
    }
    if (random.nextBoolean()) {
      metrics.put("delta", random.nextInt(5) == 0 ? 0.0 : random.nextGaussian() * 1000);
    }
    return event(scope, key, dimensions, metrics);
  }

  private List<AggregateQuery> queries(Random random) {
    TimeRange hours = new TimeRange(START - HOUR, START + 5 * HOUR);
    TimeRange ragged =
        new TimeRange(START + random.nextLong(HOUR), START + 2 * HOUR + random.nextLong(HOUR));
    return List.of(
        query(hours, Map.of(), List.of(), List.of(), 0),
        query(hours, Map.of(), List.of(), List.of("region", "source"), HOUR),
        query(ragged, Map.of(), List.of("latency"), List.of("host", "event_type"), 5 * MINUTE),
        query(ragged, Map.of("region", "r1"), List.of(), List.of("source"), 7 * MINUTE),
        query(ragged, Map.of("host", ""), List.of("delta", "none"), List.of(), 0),
        query(hours, Map.of("event_type", "t1", "source", "s0"), List.of(), List.of("host"), HOUR),
        query(ragged, Map.of(), List.of("delta"), List.of("request"), 0),
        query(ragged, Map.of("region", "r0"), List.of(), List.of(), 10_000_000_007L),
        counts(ragged, List.of("region"), MINUTE),
        counts(hours, List.of("event_type", "host"), 0));
  }

  private static void same(List<AggregateCell> found, List<AggregateCell> expected) {
    assertThat(found).hasSameSizeAs(expected);
    for (int i = 0; i < found.size(); i++) {
      AggregateCell one = found.get(i);
      AggregateCell other = expected.get(i);
      assertThat(one.bucketStart()).isEqualTo(other.bucketStart());
      assertThat(one.group()).isEqualTo(other.group());
      assertThat(one.metric()).isEqualTo(other.metric());
      assertThat(one.values()).hasSameSizeAs(other.values());
      for (int value = 0; value < one.values().size(); value++) {
        double right = other.values().get(value);
        double error = ALL.get(value).isQuantile() ? QuantileSketch.RELATIVE_ERROR : 1e-9;
        assertThat(one.values().get(value))
            .as(ALL.get(value) + " of " + other)
            .isCloseTo(right, within(Math.abs(right) * error * 1.000001 + 1e-9));
      }
    }
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
  void quantilesOfExtremeValuesStayWithinThem() {
    Map<String, Double> values =
        Map.of(
            "max", Double.MAX_VALUE,
            "min", -Double.MAX_VALUE,
            "tiny", Double.MIN_VALUE,
            "minus", -Double.MIN_VALUE,
            "zero", -0.0);
    store.append(
        List.of(event(scope(namespace), new EventKey(START, "t", "s", "1", 0), Map.of(), values)));
    store.rollUp(namespace, List.of(START));
    AggregateQuery query =
        query(new TimeRange(START, START + HOUR), Map.of(), List.of(), List.of(), 0);
    AggregatePlan plan = new AggregatePlanner(store).plan(query);
    assertThat(plan.usesRollups()).isTrue();
    for (AggregatePlan either : List.of(plan, raw(query))) {
      List<AggregateCell> cells = store.aggregate(either);
      assertThat(cells).hasSize(values.size());
      for (AggregateCell cell : cells) {
        double value = values.getOrDefault(cell.metric(), Double.NaN);
        assertThat(cell.values().subList(3, 8)).allMatch(found -> found == value);
      }
    }
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

  /** The same, the simple way. */
  private static final class Recomputed {

    private record Key(long slot, List<String> group, String metric) implements Comparable<Key> {

      @Override
      public int compareTo(Key other) {
        int order = Long.compare(slot, other.slot);
        for (int i = 0; order == 0 && i < group.size(); i++) {
          order = group.get(i).compareTo(other.group.get(i));
        }
        return order == 0 ? metric.compareTo(other.metric) : order;
      }
    }

    private Recomputed() {}

    static List<AggregateCell> cells(AggregateQuery query, Collection<StoredEvent> events) {
      Map<Key, List<Double>> values = new TreeMap<>();
      for (StoredEvent event : events) {
        long time = event.key().timestamp();
        if (time < query.range().start() || time >= query.range().end() || !matches(query, event)) {
          continue;
        }
        long slot =
            query.bucketNanos() == 0
                ? query.range().start()
                : time - Math.floorMod(time, query.bucketNanos());
        List<String> group = query.groupBy().stream().map(name -> of(event, name, "")).toList();
        Map<String, Double> metrics = query.countsEvents() ? Map.of("", 0.0) : event.metrics();
        metrics.forEach(
            (metric, value) -> {
              if (query.metrics().isEmpty() || query.metrics().contains(metric)) {
                values
                    .computeIfAbsent(new Key(slot, group, metric), key -> new ArrayList<>())
                    .add(value);
              }
            });
      }
      List<AggregateCell> cells = new ArrayList<>();
      values.forEach(
          (key, all) ->
              cells.add(
                  new AggregateCell(
                      key.slot(),
                      key.group(),
                      key.metric(),
                      query.functions().stream().map(function -> of(function, all)).toList())));
      return cells;
    }

    private static boolean matches(AggregateQuery query, StoredEvent event) {
      return query.filters().entrySet().stream()
          .allMatch(filter -> of(event, filter.getKey(), "missing").equals(filter.getValue()));
    }

    private static String of(StoredEvent event, String name, String missing) {
      return switch (name) {
        case Dimensions.EVENT_TYPE -> event.key().type();
        case Dimensions.SOURCE -> event.key().source();
        default -> event.dimensions().getOrDefault(name, missing);
      };
    }

    private static double of(AggregateFunction function, List<Double> values) {
      List<Double> sorted = values.stream().sorted().toList();
      double sum = values.stream().mapToDouble(value -> value).sum();
      return switch (function) {
        case COUNT -> values.size();
        case SUM -> sum;
        case AVG -> sum / values.size();
        case MIN -> sorted.getFirst();
        case MAX -> sorted.getLast();
        case P50, P95, P99 -> {
          int rank = (values.size() * function.percent() + 99) / 100;
          yield sorted.get(rank - 1);
        }
      };
    }
  }
}
