package io.prism.timeseries;

import static io.prism.starter.testing.Failures.failsWith;
import static io.prism.timeseries.v1.AggregateFunction.AGGREGATE_FUNCTION_AVG;
import static io.prism.timeseries.v1.AggregateFunction.AGGREGATE_FUNCTION_COUNT;
import static io.prism.timeseries.v1.AggregateFunction.AGGREGATE_FUNCTION_MAX;
import static io.prism.timeseries.v1.AggregateFunction.AGGREGATE_FUNCTION_MIN;
import static io.prism.timeseries.v1.AggregateFunction.AGGREGATE_FUNCTION_P50;
import static io.prism.timeseries.v1.AggregateFunction.AGGREGATE_FUNCTION_P95;
import static io.prism.timeseries.v1.AggregateFunction.AGGREGATE_FUNCTION_P99;
import static io.prism.timeseries.v1.AggregateFunction.AGGREGATE_FUNCTION_SUM;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.util.Durations;
import io.prism.config.v1.TimeSeriesConfig;
import io.prism.starter.error.CallReason;
import io.prism.starter.testing.Await;
import io.prism.timeseries.domain.QuantileSketch;
import io.prism.timeseries.domain.Resolution;
import io.prism.timeseries.domain.Upkeep;
import io.prism.timeseries.testing.Client;
import io.prism.timeseries.testing.Fixture;
import io.prism.timeseries.testing.Recomputation;
import io.prism.timeseries.v1.AggregateFunction;
import io.prism.timeseries.v1.AggregateOrigin;
import io.prism.timeseries.v1.AggregateRequest;
import io.prism.timeseries.v1.AggregateResponse;
import io.prism.timeseries.v1.AggregateRow;
import io.prism.timeseries.v1.Event;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds for aggregates, whatever the store and whatever they are computed from. */
abstract class AggregatesContract {

  static final long MINUTE = Resolution.MINUTE.nanos();
  static final long HOUR = Resolution.HOUR.nanos();

  /** Start of an hour of two days ago, whose rollups soon are up to date. */
  static final long START = Resolution.HOUR.floor(EventsContract.NOW - 2 * EventsContract.DAY);

  private static final List<AggregateFunction> FUNCTIONS =
      List.of(
          AGGREGATE_FUNCTION_COUNT,
          AGGREGATE_FUNCTION_SUM,
          AGGREGATE_FUNCTION_AVG,
          AGGREGATE_FUNCTION_MIN,
          AGGREGATE_FUNCTION_MAX,
          AGGREGATE_FUNCTION_P50,
          AGGREGATE_FUNCTION_P95,
          AGGREGATE_FUNCTION_P99);

  private static final TimeSeriesConfig CONFIG =
      TimeSeriesConfig.newBuilder()
          .addRollupDimensions("region")
          .addRollupDimensions("source")
          .build();

  abstract Fixture fixture();

  private Client client() {
    return fixture().client(Fixture.newNamespace(), CONFIG);
  }

  static AggregateRequest.Builder query(long start, long end, AggregateFunction... functions) {
    return AggregateRequest.newBuilder()
        .setStartTime(start)
        .setEndTime(end)
        .addAllFunctions(List.of(functions))
        .setLimit(10_000);
  }

  private static Event.Builder event(long timestamp) {
    return Event.newBuilder().setTimestamp(timestamp).setEventType("request").setSource("web");
  }

  private static void awaitRollups(Client client, AggregateRequest.Builder query) {
    Await.until(
        "rollups",
        () -> client.aggregate(query).getOrigin() == AggregateOrigin.AGGREGATE_ORIGIN_ROLLUP);
  }

  /** Waits until a query's answer is computed from rollups alone, as far as they reach. */
  private void awaitUpToDate() {
    Upkeep upkeep = fixture().context().getBean(Upkeep.class);
    Await.until("rollups", () -> upkeep.behind() == 0);
  }

  @Test
  void everyFunctionSaysWhatItsNameSays() {
    Client client = client();
    List<Event> events = new ArrayList<>();
    for (int i = 1; i <= 100; i++) {
      events.add(event(START + i).putMetrics("latency", i).build());
    }
    client.append(events);
    AggregateRequest.Builder query =
        query(START, START + HOUR, FUNCTIONS.toArray(AggregateFunction[]::new));
    AggregateResponse response = client.aggregate(query);
    assertThat(response.getOrigin())
        .isIn(AggregateOrigin.AGGREGATE_ORIGIN_RAW, AggregateOrigin.AGGREGATE_ORIGIN_ROLLUP);
    assertThat(response.getRowsList())
        .extracting(AggregateRow::getFunction)
        .containsExactlyElementsOf(FUNCTIONS);
    assertThat(response.getRowsList())
        .allSatisfy(
            row -> {
              assertThat(row.getMetric()).isEqualTo("latency");
              assertThat(row.getBucketStart()).isEqualTo(START);
              assertThat(row.getGroupMap()).isEmpty();
            });
    List<Double> values = response.getRowsList().stream().map(AggregateRow::getValue).toList();
    assertThat(values.subList(0, 5)).containsExactly(100.0, 5050.0, 50.5, 1.0, 100.0);
    assertThat(values.get(5)).isCloseTo(50, within(0.5));
    assertThat(values.get(6)).isCloseTo(95, within(0.95));
    assertThat(values.get(7)).isCloseTo(99, within(0.99));
  }

  @Test
  void bucketsAreAlignedTo1970AndEmptyOnesHaveNoRows() {
    Client client = client();
    client.append(
        event(START).build(),
        event(START + MINUTE - 1).build(),
        event(START + MINUTE).build(),
        event(START + 7 * MINUTE).build());
    AggregateRequest.Builder query =
        query(START - 1, START + 10 * MINUTE, AGGREGATE_FUNCTION_COUNT)
            .setBucketSize(Durations.fromMinutes(1));
    assertThat(client.aggregate(query).getRowsList())
        .extracting(AggregateRow::getBucketStart, AggregateRow::getValue)
        .containsExactly(
            tuple(START, 2.0), tuple(START + MINUTE, 1.0), tuple(START + 7 * MINUTE, 1.0));
    assertThat(client.aggregate(query.clearBucketSize()).getRowsList())
        .extracting(AggregateRow::getBucketStart, AggregateRow::getValue)
        .containsExactly(tuple(START - 1, 4.0));
    assertThat(
            client
                .aggregate(
                    query(START, START + MINUTE, AGGREGATE_FUNCTION_COUNT)
                        .setBucketSize(Durations.fromNanos(7)))
                .getRowsList())
        .extracting(AggregateRow::getBucketStart)
        .containsExactly(START - START % 7, START + MINUTE - 1 - (START + MINUTE - 1) % 7);
  }

  @Test
  void countCountsEventsOrValues() {
    Client client = client();
    client.append(
        event(START).putMetrics("a", 1).putMetrics("b", 1).build(),
        event(START + 1).putMetrics("a", 1).build(),
        event(START + 2).build());
    assertThat(client.aggregate(query(START, START + HOUR, AGGREGATE_FUNCTION_COUNT)).getRowsList())
        .extracting(AggregateRow::getMetric, AggregateRow::getValue)
        .containsExactly(tuple("", 3.0));
    assertThat(
            client
                .aggregate(query(START, START + HOUR, AGGREGATE_FUNCTION_COUNT).addMetricNames("a"))
                .getRowsList())
        .extracting(AggregateRow::getMetric, AggregateRow::getValue)
        .containsExactly(tuple("a", 2.0));
    assertThat(
            client
                .aggregate(
                    query(START, START + HOUR, AGGREGATE_FUNCTION_COUNT, AGGREGATE_FUNCTION_SUM))
                .getRowsList())
        .extracting(AggregateRow::getMetric, AggregateRow::getValue)
        .containsExactly(tuple("a", 2.0), tuple("a", 2.0), tuple("b", 1.0), tuple("b", 1.0));
  }

  @Test
  void groupsAreByDimensionsTypeAndSource() {
    Client client = client();
    client.append(
        event(START).putDimensions("region", "eu").build(),
        event(START + 1).putDimensions("region", "eu").setSource("app").build(),
        event(START + 2).putDimensions("region", "us").setEventType("view").build(),
        event(START + 3).build());
    AggregateRequest.Builder query = query(START, START + HOUR, AGGREGATE_FUNCTION_COUNT);
    assertThat(client.aggregate(query.clone().addGroupBy("region")).getRowsList())
        .extracting(AggregateRow::getGroupMap, AggregateRow::getValue)
        .containsExactly(
            tuple(Map.of("region", ""), 1.0),
            tuple(Map.of("region", "eu"), 2.0),
            tuple(Map.of("region", "us"), 1.0));
    assertThat(
            client
                .aggregate(query.clone().addGroupBy("source").addGroupBy("event_type"))
                .getRowsList())
        .extracting(AggregateRow::getGroupMap, AggregateRow::getValue)
        .containsExactly(
            tuple(Map.of("source", "app", "event_type", "request"), 1.0),
            tuple(Map.of("source", "web", "event_type", "request"), 2.0),
            tuple(Map.of("source", "web", "event_type", "view"), 1.0));
    assertThat(
            client
                .aggregate(query.clone().putFilters("region", "eu").putFilters("source", "app"))
                .getRowsList())
        .extracting(AggregateRow::getValue)
        .containsExactly(1.0);
    assertThat(client.aggregate(query.clone().addEventTypes("view")).getRowsList())
        .extracting(AggregateRow::getValue)
        .containsExactly(1.0);
    assertThat(client.aggregate(query.clone().addEventTypes("none")).getRowsList()).isEmpty();
  }

  @Test
  void rollupsAnswerWhenTheyHaveAllEventsAndWhatIsNeeded() {
    Client client = client();
    List<Event> events = new ArrayList<>();
    for (int i = 0; i < 120; i++) {
      events.add(
          event(START + i * MINUTE)
              .putDimensions("region", "r" + i % 3)
              .putDimensions("host", "h" + i % 7)
              .putMetrics("m", i)
              .build());
    }
    client.append(events);
    AggregateRequest.Builder query =
        query(START, START + 2 * HOUR, FUNCTIONS.toArray(AggregateFunction[]::new))
            .setBucketSize(Durations.fromHours(1))
            .addGroupBy("region");
    awaitRollups(client, query);
    same(client.aggregate(query).getRowsList(), Recomputation.rows(query.build(), events));
    AggregateRequest.Builder byHost = query.clone().addGroupBy("host");
    AggregateResponse raw = client.aggregate(byHost);
    assertThat(raw.getOrigin()).isEqualTo(AggregateOrigin.AGGREGATE_ORIGIN_RAW);
    same(raw.getRowsList(), Recomputation.rows(byHost.build(), events));
    AggregateRequest.Builder odd = query.clone().setBucketSize(Durations.fromSeconds(61));
    assertThat(client.aggregate(odd).getOrigin()).isEqualTo(AggregateOrigin.AGGREGATE_ORIGIN_RAW);
    same(client.aggregate(odd).getRowsList(), Recomputation.rows(odd.build(), events));
  }

  @Test
  void aLateEventCountsAtOnce() {
    Client client = client();
    AggregateRequest.Builder query = query(START, START + HOUR, AGGREGATE_FUNCTION_COUNT);
    client.append(event(START).build());
    awaitRollups(client, query);
    for (int i = 1; i <= 20; i++) {
      client.append(event(START + i).build());
      assertThat(client.aggregate(query).getRows(0).getValue()).isEqualTo(1 + i);
    }
    awaitRollups(client, query);
    assertThat(client.aggregate(query).getRows(0).getValue()).isEqualTo(21);
  }

  @Test
  void rollupsOfSessionsWithOtherDimensionsAreNotMixedUp() {
    Client byRegion = client();
    Client byNothing = fixture().client(byRegion.namespace());
    List<Event> first = List.of(event(START).putDimensions("region", "eu").build());
    List<Event> second =
        List.of(event(START + HOUR).putDimensions("region", "us").setEventId("x").build());
    byRegion.append(first);
    byNothing.append(second);
    AggregateRequest.Builder query =
        query(START, START + 2 * HOUR, AGGREGATE_FUNCTION_COUNT).addGroupBy("region");
    awaitUpToDate();
    List<Event> both = new ArrayList<>(first);
    both.addAll(second);
    same(byRegion.aggregate(query).getRowsList(), Recomputation.rows(query.build(), both));
    assertThat(
            byRegion
                .aggregate(
                    query(START + HOUR, START + HOUR + MINUTE, AGGREGATE_FUNCTION_COUNT)
                        .addGroupBy("region"))
                .getOrigin())
        .isEqualTo(AggregateOrigin.AGGREGATE_ORIGIN_RAW);
  }

  /** Late events and duplicates included, in any order. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void anyArrivalOrderGivesWhatARecomputationFromTheEventsGives(long seed) {
    Random random = new Random(seed);
    Client client = client();
    // Keeps less in rollups than the others.
    Client other =
        fixture()
            .client(
                client.namespace(),
                TimeSeriesConfig.newBuilder().addRollupDimensions("region").build());
    Set<Event> known = new LinkedHashSet<>();
    for (int round = 0; round < 4; round++) {
      List<Event> batch = new ArrayList<>();
      for (int i = 0; i < 250; i++) {
        batch.add(random(random, round * 250 + i));
      }
      List<Event> before = new ArrayList<>(known);
      for (int i = 0; i < 50 && !before.isEmpty(); i++) {
        batch.add(before.get(random.nextInt(before.size())));
      }
      Collections.shuffle(batch, random);
      for (int i = 0; i < batch.size(); i += 150) {
        Client sender = random.nextInt(8) == 0 ? other : client;
        sender.append(batch.subList(i, Math.min(batch.size(), i + 150)));
      }
      known.addAll(batch);
      if (random.nextBoolean()) {
        awaitUpToDate();
      }
      for (int i = 0; i < 8; i++) {
        AggregateRequest.Builder query = randomQuery(random);
        AggregateResponse response = client.aggregate(query);
        List<AggregateRow> expected = Recomputation.rows(query.build(), known);
        same(
            response.getRowsList(),
            expected.subList(0, Math.min(expected.size(), query.getLimit())));
      }
    }
  }

  private static Event random(Random random, int number) {
    Event.Builder event =
        event(START + (long) (random.nextDouble() * 3 * HOUR))
            .setEventType("t" + random.nextInt(3))
            .setSource("s" + random.nextInt(2))
            .setEventId("e" + number);
    if (random.nextInt(5) > 0) {
      event.putDimensions("region", "r" + random.nextInt(3));
    }
    if (random.nextBoolean()) {
      event.putDimensions("host", random.nextInt(5) == 0 ? "" : "h" + random.nextInt(3));
    }
    if (random.nextInt(4) > 0) {
      event.putMetrics("latency", random.nextGaussian() * Math.pow(10, random.nextInt(6)));
    }
    if (random.nextBoolean()) {
      event.putMetrics("size", random.nextInt(3));
    }
    return event.build();
  }

  private static AggregateRequest.Builder randomQuery(Random random) {
    long start = START + (long) (random.nextDouble() * HOUR);
    long end = start + 1 + (long) (random.nextDouble() * 2 * HOUR);
    if (random.nextBoolean()) {
      start = START;
      end = START + 3 * HOUR;
    }
    AggregateRequest.Builder query = AggregateRequest.newBuilder();
    query.setStartTime(start).setEndTime(end).setLimit(random.nextInt(4) == 0 ? 7 : 10_000);
    List<AggregateFunction> functions = new ArrayList<>(FUNCTIONS);
    Collections.shuffle(functions, random);
    query.addAllFunctions(functions.subList(0, 1 + random.nextInt(functions.size())));
    List<Integer> minutes = List.of(0, 1, 5, 10, 60, 7);
    int width = minutes.get(random.nextInt(minutes.size()));
    if (width > 0) {
      query.setBucketSize(
          random.nextInt(6) == 0
              ? Durations.fromNanos(100_000_000_007L)
              : Durations.fromMinutes(width));
    }
    for (String name : List.of("region", "source", "event_type", "host")) {
      if (random.nextInt(4) == 0) {
        query.addGroupBy(name);
      }
    }
    if (random.nextInt(3) == 0) {
      query.addEventTypes("t1").addEventTypes("t2");
    }
    if (random.nextInt(4) == 0) {
      query.putFilters("region", "r1");
    }
    if (random.nextInt(8) == 0) {
      query.putFilters("source", "s1");
    }
    if (random.nextInt(8) == 0) {
      query.putFilters("host", "");
    }
    if (random.nextInt(3) == 0) {
      query.addMetricNames("latency");
    }
    return query;
  }

  private static void same(List<AggregateRow> found, List<AggregateRow> expected) {
    assertThat(found.stream().map(row -> row.toBuilder().clearValue().build()).toList())
        .isEqualTo(expected.stream().map(row -> row.toBuilder().clearValue().build()).toList());
    for (int i = 0; i < found.size(); i++) {
      AggregateRow row = found.get(i);
      double value = expected.get(i).getValue();
      double error =
          switch (row.getFunction()) {
            case AGGREGATE_FUNCTION_P50, AGGREGATE_FUNCTION_P95, AGGREGATE_FUNCTION_P99 ->
                Math.abs(value) * QuantileSketch.RELATIVE_ERROR * 1.000001;
            case AGGREGATE_FUNCTION_SUM, AGGREGATE_FUNCTION_AVG ->
                1e-9 * Math.max(1, Math.abs(value));
            default -> 0;
          };
      assertThat(row.getValue()).as(row.toString()).isCloseTo(value, within(error));
    }
  }

  @Test
  void quantilesOfExtremeValuesStayWithinThem() {
    Client client = client();
    Map<String, Double> values =
        Map.of(
            "max", Double.MAX_VALUE,
            "min", -Double.MAX_VALUE,
            "tiny", Double.MIN_VALUE,
            "minus", -Double.MIN_VALUE,
            "zero", -0.0);
    client.append(event(START).putAllMetrics(values).build());
    AggregateRequest.Builder query =
        query(
            START,
            START + HOUR,
            AGGREGATE_FUNCTION_MIN,
            AGGREGATE_FUNCTION_MAX,
            AGGREGATE_FUNCTION_P50,
            AGGREGATE_FUNCTION_P99);
    AggregateRequest.Builder raw = query.clone().setBucketSize(Durations.fromSeconds(7));
    awaitUpToDate();
    for (AggregateRequest.Builder either : List.of(query, raw)) {
      assertThat(client.aggregate(either).getRowsList())
          .hasSize(4 * values.size())
          .allMatch(row -> row.getValue() == values.getOrDefault(row.getMetric(), Double.NaN));
    }
    assertThat(client.aggregate(query).getOrigin())
        .isEqualTo(AggregateOrigin.AGGREGATE_ORIGIN_ROLLUP);
    assertThat(client.aggregate(raw).getOrigin()).isEqualTo(AggregateOrigin.AGGREGATE_ORIGIN_RAW);
  }

  @Test
  void whatIsNoQueryIsRefused() {
    Client client = client();
    AggregateRequest.Builder good = query(0, 1, AGGREGATE_FUNCTION_COUNT);
    for (AggregateRequest.Builder bad :
        List.of(
            good.clone().setEndTime(0),
            good.clone().setStartTime(-1),
            good.clone().clearFunctions(),
            good.clone().addFunctions(AggregateFunction.AGGREGATE_FUNCTION_UNSPECIFIED),
            good.clone().addFunctionsValue(99),
            good.clone().addFunctions(AGGREGATE_FUNCTION_COUNT),
            good.clone().setLimit(-1),
            good.clone().setBucketSize(Durations.ZERO),
            good.clone().setBucketSize(Durations.fromSeconds(-1)),
            good.clone().setBucketSize(Durations.fromSeconds(300_000_000_000L)),
            good.clone().addGroupBy(""),
            good.clone().addGroupBy("a").addGroupBy("a"),
            good.clone().addMetricNames(""),
            good.clone().addMetricNames("a").addMetricNames("a"))) {
      failsWith(CallReason.INVALID_ARGUMENT, () -> client.aggregate(bad));
    }
    AggregateRequest.Builder wide = good.clone();
    IntStream.range(0, 33).forEach(i -> wide.addGroupBy("g" + i));
    failsWith(CallReason.LIMIT_EXCEEDED, () -> client.aggregate(wide));
    assertThat(client.aggregate(good).getRowsList()).isEmpty();
  }

  @Test
  void anAnswerHasAtMostItsLimitOfRows() {
    Client client = client();
    client.append(
        IntStream.range(0, 150)
            .mapToObj(
                i -> event(START + i).putDimensions("region", "r" + i).putMetrics("m", i).build())
            .toList());
    AggregateRequest.Builder query =
        query(START, START + HOUR, AGGREGATE_FUNCTION_COUNT, AGGREGATE_FUNCTION_P50)
            .addGroupBy("region");
    assertThat(client.aggregate(query.clone().setLimit(3)).getRowsList()).hasSize(3);
    assertThat(client.aggregate(query.clone().setLimit(0)).getRowsList()).hasSize(100);
    assertThat(client.aggregate(query.clone().setLimit(1_000_000)).getRowsList()).hasSize(300);
  }

  @Test
  void noTextIsEverSql() {
    Client client = client();
    for (String text : EventsContract.nastyTexts().toList()) {
      client.append(
          event(START).setEventType(text).putDimensions(text, text).putMetrics(text, 1).build());
    }
    for (String text : EventsContract.nastyTexts().toList()) {
      AggregateRequest.Builder query =
          query(START, START + HOUR, AGGREGATE_FUNCTION_SUM)
              .addEventTypes(text)
              .addMetricNames(text)
              .putFilters(text, text)
              .addGroupBy(text);
      assertThat(client.aggregate(query).getRowsList())
          .as(text)
          .extracting(AggregateRow::getMetric, AggregateRow::getGroupMap, AggregateRow::getValue)
          .containsExactly(tuple(text, Map.of(text, text), 1.0));
    }
  }

  @Test
  void namespacesAreApart() {
    Client one = client();
    one.append(event(START).build());
    AggregateRequest.Builder query = query(START, START + HOUR, AGGREGATE_FUNCTION_COUNT);
    awaitRollups(one, query);
    assertThat(client().aggregate(query).getRowsList()).isEmpty();
  }
}
