package io.prism.timeseries.clickhouse;

import static io.prism.timeseries.clickhouse.Events.HOUR;
import static io.prism.timeseries.clickhouse.Events.MINUTE;
import static io.prism.timeseries.clickhouse.Events.START;
import static io.prism.timeseries.clickhouse.Events.all;
import static io.prism.timeseries.clickhouse.Events.event;
import static io.prism.timeseries.clickhouse.Events.query;
import static io.prism.timeseries.clickhouse.Events.scope;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Context;
import io.prism.starter.error.CallReason;
import io.prism.starter.error.PrismException;
import io.prism.starter.testing.Await;
import io.prism.timeseries.domain.EventKey;
import io.prism.timeseries.domain.EventPage;
import io.prism.timeseries.domain.EventQuery;
import io.prism.timeseries.domain.EventScope;
import io.prism.timeseries.domain.Resolution;
import io.prism.timeseries.domain.Retention;
import io.prism.timeseries.domain.StaleMinute;
import io.prism.timeseries.domain.StoredEvent;
import io.prism.timeseries.domain.TimeRange;
import io.prism.timeseries.testing.ClickHouseStand;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The port of events, on ClickHouse's engine. */
class ClickHouseEventStoreTest extends OnClickHouse {

  private static final Comparator<EventKey> ORDER =
      Comparator.comparingLong(EventKey::timestamp)
          .thenComparing(EventKey::type)
          .thenComparing(EventKey::source)
          .thenComparing(EventKey::id)
          .thenComparingLong(EventKey::tie);

  private static final int MANY_BYTES = 100_000_000;

  private List<StoredEvent> read(EventQuery query) {
    return store.read(query, null, 10_000, MANY_BYTES).events();
  }

  @Test
  void anEventComesBackAsItWas() {
    StoredEvent full =
        event(
            scope(namespace, "a"),
            new EventKey(Long.MAX_VALUE - 1, "type 中", "source", "id", 0),
            Map.of("a", "1", "b", ""),
            Map.of("m", -0.1, "tiny", Double.MIN_VALUE, "huge", Double.MAX_VALUE),
            "payload \u0001\n\t\\'\"{}");
    StoredEvent empty =
        event(
            new EventScope(namespace, 50_000, List.of()),
            new EventKey(1, "t", "", "", Long.MIN_VALUE),
            Map.of(),
            Map.of());
    store.append(List.of(full, empty));
    assertThat(store.read(all(namespace, false), null, 10, MANY_BYTES))
        .isEqualTo(new EventPage(List.of(Events.read(empty), Events.read(full)), false));
  }

  @Test
  void aKeyIsOneEventAndTheFirstOneStays() {
    EventScope scope = scope(namespace);
    EventKey key = new EventKey(START, "t", "s", "id", 0);
    StoredEvent first = event(scope, key, Map.of(), Map.of("m", 1.0), "first");
    store.append(List.of(first, event(scope, key, Map.of(), Map.of("m", 2.0), "same append")));
    store.append(List.of(event(scope, key, Map.of(), Map.of("m", 3.0), "later append")));
    assertThat(read(all(namespace, false))).containsExactly(Events.read(first));
    assertThat(read(all(namespace, true))).containsExactly(Events.read(first));
    stand.execute("OPTIMIZE TABLE events FINAL");
    assertThat(read(all(namespace, false))).containsExactly(Events.read(first));
  }

  @Test
  void everyPartOfTheKeyTellsEventsApart() {
    List<StoredEvent> events = new ArrayList<>();
    for (long time : List.of(START, START + 1)) {
      for (String type : List.of("t", "u")) {
        for (String source : List.of("", "s")) {
          for (String id : List.of("", "i")) {
            for (long tie : List.of(0L, 1L)) {
              events.add(
                  event(
                      scope(namespace),
                      new EventKey(time, type, source, id, tie),
                      Map.of(),
                      Map.of()));
            }
          }
        }
      }
    }
    store.append(events);
    store.append(events);
    assertThat(read(all(namespace, false)))
        .containsExactlyElementsOf(events.stream().map(Events::read).toList());
  }

  @Test
  void appendsOfManyThreadsAreSeenWhenTheyReturn() {
    List<CompletableFuture<Void>> running = new ArrayList<>();
    for (int thread = 0; thread < 8; thread++) {
      int own = thread;
      running.add(
          CompletableFuture.runAsync(
              () -> {
                for (int i = 0; i < 5; i++) {
                  StoredEvent event = event(scope(namespace), START + i, own + "-" + i);
                  store.append(List.of(event));
                  assertThat(read(all(namespace, true))).contains(Events.read(event));
                }
              }));
    }
    running.forEach(CompletableFuture::join);
    assertThat(read(all(namespace, false))).hasSize(40);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void pagesHaveEachEventOnceInOrder(boolean descending) {
    Random random = new Random(1);
    Map<EventKey, StoredEvent> expected = new HashMap<>();
    for (int append = 0; append < 4; append++) {
      List<StoredEvent> events = new ArrayList<>();
      for (int i = 0; i < 400; i++) {
        EventKey key =
            new EventKey(
                START + random.nextInt(40) * HOUR * 24,
                "t" + random.nextInt(2),
                "s" + random.nextInt(2),
                "i" + random.nextInt(10),
                0);
        StoredEvent event =
            event(scope(namespace), key, Map.of("d", "v" + random.nextInt(3)), Map.of());
        expected.putIfAbsent(key, Events.read(event));
        events.add(event);
      }
      store.append(events);
    }
    EventQuery query = query(namespace, List.of(), List.of(), Map.of("d", "v1"), descending);
    List<StoredEvent> sorted =
        expected.values().stream()
            .filter(event -> "v1".equals(event.dimensions().get("d")))
            .sorted(Comparator.comparing(StoredEvent::key, descending ? ORDER.reversed() : ORDER))
            .toList();
    for (int limit : List.of(1, 20, 1000)) {
      assertThat(pages(query, limit, MANY_BYTES, limit == 1 ? 15 : Integer.MAX_VALUE))
          .containsExactlyElementsOf(limit == 1 ? sorted.subList(0, 15) : sorted);
    }
  }

  private List<StoredEvent> pages(EventQuery query, int limit, long maxBytes, int most) {
    List<StoredEvent> all = new ArrayList<>();
    EventKey after = null;
    while (all.size() < most) {
      EventPage page = store.read(query, after, limit, maxBytes);
      all.addAll(page.events());
      assertThat(page.events().size()).isLessThanOrEqualTo(limit);
      if (!page.more()) {
        return all;
      }
      after = page.events().getLast().key();
    }
    return all;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aPageEndsWithTheEventThatMakesItLargeEnough(boolean descending) {
    List<StoredEvent> events = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      EventKey key = new EventKey(START + i, "t", "s", "i", 0);
      events.add(event(scope(namespace), key, Map.of(), Map.of(), "x".repeat(900)));
    }
    store.append(events);
    EventPage page = store.read(all(namespace, descending), null, 100, 2001);
    assertThat(page.events()).hasSize(3);
    assertThat(page.more()).isTrue();
    assertThat(store.read(all(namespace, descending), null, 100, 10_000).more()).isFalse();
    assertThat(pages(all(namespace, descending), 100, 2001, 100)).hasSize(10);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void fewMatchesAmongManyEventsAreFound(boolean descending) {
    List<StoredEvent> events = new ArrayList<>();
    List<StoredEvent> rare = new ArrayList<>();
    for (int i = 0; i < 12_000; i++) {
      boolean isRare = i % 4000 == 17;
      EventKey key = new EventKey(START + i * 1000L, "t", "s", "i", 0);
      StoredEvent event =
          event(scope(namespace), key, Map.of("d", isRare ? "rare" : "usual"), Map.of());
      events.add(event);
      if (isRare) {
        rare.add(Events.read(event));
      }
    }
    store.append(events);
    EventQuery query = query(namespace, List.of(), List.of(), Map.of("d", "rare"), descending);
    List<StoredEvent> expected = descending ? rare.reversed() : rare;
    assertThat(store.read(query, null, 2, MANY_BYTES))
        .isEqualTo(new EventPage(expected.subList(0, 2), true));
    assertThat(store.read(query, null, 3, MANY_BYTES)).isEqualTo(new EventPage(expected, false));
  }

  @Test
  void filtersTakeFieldsAndDimensionsApart() {
    EventScope scope = scope(namespace);
    StoredEvent a =
        event(
            scope,
            new EventKey(START, "t", "s", "a", 0),
            Map.of("source", "x", "empty", ""),
            Map.of());
    StoredEvent b =
        event(scope, new EventKey(START, "t", "x", "b", 0), Map.of("d", "1", "e", "2"), Map.of());
    StoredEvent c = event(scope, new EventKey(START, "u", "s", "c", 0), Map.of("d", "1"), Map.of());
    store.append(List.of(a, b, c));
    assertThat(ids(List.of("t"), List.of(), Map.of())).containsExactly("a", "b");
    assertThat(ids(List.of("t", "u"), List.of("s"), Map.of())).containsExactly("a", "c");
    assertThat(ids(List.of(), List.of("s", "x"), Map.of("d", "1"))).containsExactly("b", "c");
    assertThat(ids(List.of(), List.of(), Map.of("d", "1", "e", "2"))).containsExactly("b");
    assertThat(ids(List.of(), List.of(), Map.of("source", "x"))).containsExactly("b");
    assertThat(ids(List.of(), List.of(), Map.of("event_type", "u"))).containsExactly("c");
    assertThat(ids(List.of(), List.of(), Map.of("empty", ""))).containsExactly("a");
    assertThat(ids(List.of(), List.of(), Map.of("none", ""))).isEmpty();
  }

  private List<String> ids(List<String> types, List<String> sources, Map<String, String> filters) {
    return read(query(namespace, types, sources, filters, false)).stream()
        .map(event -> event.key().id())
        .toList();
  }

  @Test
  void nothingOfOneNamespaceIsInAnAnswerForAnother() {
    String other = Events.newNamespace();
    store.append(
        List.of(event(scope(namespace), START, "mine"), event(scope(other), START, "theirs")));
    assertThat(ids(List.of(), List.of(), Map.of())).containsExactly("mine");
    TimeRange hour = new TimeRange(START, START + HOUR);
    store.rollUp(other, List.of(START));
    assertThat(store.unusable(namespace, Resolution.MINUTE, hour, List.of(), 10))
        .containsExactly(START);
    assertThat(store.unusable(other, Resolution.MINUTE, hour, List.of(), 10)).isEmpty();
    assertThat(store.unusable(Events.newNamespace(), Resolution.MINUTE, hour, List.of(), 10))
        .isEmpty();
  }

  @Test
  void whatComesAfterARollupMakesItUnusableUntilTheNext() {
    EventScope scope = scope(namespace, "a", "b");
    StoredEvent event = event(scope, START + MINUTE, "1");
    store.append(List.of(event, event(scope, START + 7 * MINUTE, "2")));
    assertUnusable(List.of(START + MINUTE, START + 7 * MINUTE), true, true);
    store.rollUp(namespace, List.of(START + MINUTE));
    assertUnusable(List.of(START + 7 * MINUTE), true, true);
    store.rollUp(namespace, List.of(START + 7 * MINUTE));
    assertUnusable(List.of(), false, false);
    store.append(List.of(event(scope, START + MINUTE, "late")));
    assertUnusable(List.of(START + MINUTE), true, true);
    store.rollUp(namespace, List.of(START + MINUTE, START + 30 * MINUTE));
    assertUnusable(List.of(), false, false);
    store.append(List.of(event));
    assertUnusable(List.of(START + MINUTE), true, true);
    store.rollUp(namespace, List.of(START + MINUTE));
    assertUnusable(List.of(), false, false);
  }

  /** Of minutes, whether any of five minutes is, and whether the hour is. */
  private void assertUnusable(List<Long> minutes, boolean five, boolean hour) {
    TimeRange range = new TimeRange(START, START + HOUR);
    assertThat(store.unusable(namespace, Resolution.MINUTE, range, List.of(), 10))
        .isEqualTo(minutes);
    assertThat(store.unusable(namespace, Resolution.FIVE_MINUTES, range, List.of(), 10).isEmpty())
        .isEqualTo(!five);
    assertThat(store.unusable(namespace, Resolution.HOUR, range, List.of(), 10).isEmpty())
        .isEqualTo(!hour);
  }

  @Test
  void aBucketCoversWhatAllOfItsEventsKeep() {
    store.append(
        List.of(
            event(scope(namespace, "a", "b"), START, "1"),
            event(scope(namespace, "b", "c"), START + 1, "2"),
            event(scope(namespace, "a", "b", "c"), START + 2 * MINUTE, "3")));
    store.rollUp(namespace, List.of(START, START + 2 * MINUTE));
    TimeRange range = new TimeRange(START, START + HOUR);
    assertThat(store.unusable(namespace, Resolution.MINUTE, range, List.of("b"), 10)).isEmpty();
    assertThat(store.unusable(namespace, Resolution.MINUTE, range, List.of("a", "b"), 10))
        .containsExactly(START);
    assertThat(store.unusable(namespace, Resolution.MINUTE, range, List.of("c"), 10))
        .containsExactly(START);
    assertThat(store.unusable(namespace, Resolution.MINUTE, range, List.of("none"), 1))
        .containsExactly(START);
    assertThat(store.unusable(namespace, Resolution.HOUR, range, List.of("b"), 10)).isEmpty();
    assertThat(store.unusable(namespace, Resolution.HOUR, range, List.of("a"), 10))
        .containsExactly(START);
  }

  @Test
  void mergesOfTheTablesMakeNothingWrong() {
    EventScope scope = scope(namespace);
    store.append(List.of(event(scope, START, "1")));
    store.append(List.of(event(scope, START, "1"), event(scope, START, "2")));
    store.rollUp(namespace, List.of(START));
    store.rollUp(namespace, List.of(START));
    for (String table : List.of("events", "rollups", "rolled")) {
      stand.execute("OPTIMIZE TABLE " + table + " FINAL");
    }
    // The row that was there twice is gone, which cannot be told from another change.
    assertUnusable(List.of(START), true, true);
    store.rollUp(namespace, List.of(START));
    assertUnusable(List.of(), false, false);
  }

  @Test
  void staleMinutesAreFoundUntilTheyAreRolledUp() {
    store.append(
        List.of(
            event(scope(namespace), START, "1"),
            event(scope(namespace), START + 5 * HOUR + 3 * MINUTE, "2")));
    assertThat(stale())
        .containsExactlyInAnyOrder(
            new StaleMinute(namespace, START),
            new StaleMinute(namespace, START + 5 * HOUR + 3 * MINUTE));
    store.rollUp(namespace, List.of(START));
    assertThat(stale()).containsExactly(new StaleMinute(namespace, START + 5 * HOUR + 3 * MINUTE));
    store.rollUp(namespace, List.of(START + 5 * HOUR + 3 * MINUTE));
    assertThat(stale()).isEmpty();
    assertThat(store.staleMinutes(1).size()).isLessThanOrEqualTo(1);
  }

  private List<StaleMinute> stale() {
    return store.staleMinutes(1_000_000).stream()
        .filter(minute -> minute.namespace().equals(namespace))
        .toList();
  }

  @Test
  void aRunThatWasBrokenOffIsMadeUpFor() {
    store.append(List.of(event(scope(namespace), START + 7 * MINUTE, "1")));
    store.rollUp(namespace, List.of(START + 7 * MINUTE));
    stand.execute(
        "DELETE FROM rolled WHERE namespace = '%s' AND resolution > 60".formatted(namespace));
    assertUnusable(List.of(), true, true);
    assertThat(stale()).containsExactly(new StaleMinute(namespace, START + 5 * MINUTE));
    store.rollUp(namespace, List.of(START + 5 * MINUTE));
    assertUnusable(List.of(), false, false);
  }

  @Test
  void anEventIsThereUntilItsDay() {
    EventScope week = new EventScope(namespace, 7, List.of());
    StoredEvent event = event(week, START, "1");
    Instant lastDay = Instant.ofEpochSecond(event.expiresDay() * 86_400L - 1);
    storeAt(lastDay).append(List.of(event));
    for (Instant day : List.of(lastDay, lastDay.plusSeconds(1))) {
      ClickHouseEventStore then = storeAt(day);
      then.expire(Retention.today(Clock.fixed(day, ZoneOffset.UTC)));
      assertThat(then.read(all(namespace, false), null, 1, 1).events())
          .hasSize(day.equals(lastDay) ? 1 : 0);
      assertThat(then.read(all(namespace, true), null, 1, 1).events())
          .hasSize(day.equals(lastDay) ? 1 : 0);
    }
  }

  @Test
  void eventsAreKeptToTheLastDayThatThereIs() {
    EventScope forever = new EventScope(namespace, 1_000_000, List.of());
    StoredEvent event = event(forever, START, "1");
    assertThat(event.expiresDay()).isEqualTo(65_535);
    store.append(List.of(event));
    stand.execute("OPTIMIZE TABLE events FINAL");
    assertThat(read(all(namespace, false))).hasSize(1);
  }

  @Test
  void textsFromClientsNeverAreStatements() {
    List<String> corpus =
        List.of(
            "'; DROP TABLE events; --",
            "') OR 1 = 1 --",
            "\\",
            "\\'",
            "\\\\' OR 1 = 1 --",
            "'' OR ''='",
            "{p0:String}",
            "${x}",
            "%s %1$s %",
            "\n\r\t\b\f\u0001",
            "\\N",
            "\\x27",
            "NULL",
            "null",
            "[']",
            "a'b\"c`d",
            "/* */ -- #",
            "ünï 中 🌍 \u202e",
            "?",
            ":name",
            "a\tb\nc",
            "\0 and \\0",
            " ",
            "x".repeat(255));
    List<StoredEvent> events = new ArrayList<>();
    for (String text : corpus) {
      EventKey key = new EventKey(START, text, text, text, 0);
      events.add(event(scope(namespace, text), key, Map.of(text, text), Map.of(text, 1.0), text));
    }
    store.append(events);
    store.rollUp(namespace, List.of(START));
    assertThat(new HashSet<>(read(all(namespace, false))))
        .isEqualTo(new HashSet<>(events.stream().map(Events::read).toList()));
    for (int i = 0; i < corpus.size(); i++) {
      String text = corpus.get(i);
      Set<StoredEvent> one = Set.of(Events.read(events.get(i)));
      assertThat(read(query(namespace, List.of(text), List.of(text), Map.of(), false)))
          .as(text)
          .hasSameElementsAs(one);
      assertThat(read(query(namespace, List.of(), List.of(), Map.of(text, text), true)))
          .as(text)
          .hasSameElementsAs(one);
      EventKey place = events.get(i).key();
      assertThat(
              store.read(all(namespace, false), place, 100, MANY_BYTES).events().size()
                  + store.read(all(namespace, true), place, 100, MANY_BYTES).events().size())
          .as(text)
          .isEqualTo(corpus.size() - 1);
    }
    assertThat(read(query(namespace, corpus, corpus, Map.of(), false))).hasSize(corpus.size());
    assertThat(
            store.unusable(
                namespace, Resolution.MINUTE, new TimeRange(START, START + HOUR), corpus, 10))
        .containsExactly(START);
    assertThat(read(all("' OR namespace != '", false))).isEmpty();
  }

  @Test
  void aStatementEndsWithItsCall() throws Exception {
    ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    try {
      Sql slow =
          new Sql().add("SELECT sleepEachRow(0.5) FROM numbers(60) SETTINGS max_block_size = 1");
      long begun = System.nanoTime();
      Context.current()
          .withDeadlineAfter(1, TimeUnit.SECONDS, timer)
          .run(
              () ->
                  assertThatThrownBy(
                          () -> stand.link().read("slow", slow, RowBinaryReader::hasNext))
                      .isInstanceOfSatisfying(
                          PrismException.class,
                          e -> assertThat(e.reason()).isEqualTo(CallReason.DEADLINE_EXCEEDED)));
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(10));
    } finally {
      timer.shutdownNow();
    }
    assertThat(read(all(namespace, false))).isEmpty();
  }

  @Test
  void nobodyWaitsForAStatementWhoseCallIsCancelled() throws Exception {
    Sql slow =
        new Sql().add("SELECT sleepEachRow(0.5) FROM numbers(10) SETTINGS max_block_size = 1");
    assertThat(read(all(namespace, false))).isEmpty();
    Context.CancellableContext call = Context.current().withCancellation();
    CompletableFuture<Boolean> answer = new CompletableFuture<>();
    Thread waiting =
        Thread.startVirtualThread(
            call.wrap(
                () -> {
                  try {
                    answer.complete(stand.link().read("slow", slow, RowBinaryReader::hasNext));
                  } catch (RuntimeException e) {
                    answer.completeExceptionally(e);
                  }
                }));
    Await.until(
        "the answer to be waited for", () -> waiting.getState() == Thread.State.TIMED_WAITING);
    call.cancel(null);
    assertThatThrownBy(answer::join)
        .cause()
        .isInstanceOfSatisfying(
            PrismException.class, e -> assertThat(e.reason()).isEqualTo(CallReason.CANCELLED));
  }

  @Test
  void aStatementThatTakesTooLongIsNoOutage() {
    ClickHouseSettings settings = stand.settings();
    ClickHouseSettings hasty =
        new ClickHouseSettings(
            settings.endpoint(),
            settings.database(),
            settings.user(),
            settings.password(),
            false,
            1,
            Duration.ofSeconds(5),
            Duration.ofMillis(300),
            Duration.ofSeconds(5));
    try (ClickHouseLink link = ClickHouseStand.connect(hasty)) {
      Sql slow =
          new Sql().add("SELECT sleepEachRow(0.1) FROM numbers(100) SETTINGS max_block_size = 1");
      assertThatThrownBy(() -> link.read("slow", slow, RowBinaryReader::hasNext))
          .isInstanceOfSatisfying(
              PrismException.class,
              e -> assertThat(e.reason()).isEqualTo(CallReason.DEADLINE_EXCEEDED));
    }
  }

  @Test
  void tooLittleMemoryIsOverload() {
    Sql large =
        new Sql()
            .add("SELECT groupArray(toString(number)) FROM numbers(10000000)")
            .add(" SETTINGS max_memory_usage = 1000000");
    assertThatThrownBy(() -> stand.link().read("large", large, RowBinaryReader::hasNext))
        .isInstanceOfSatisfying(
            PrismException.class,
            e -> {
              assertThat(e.reason()).isEqualTo(CallReason.OVERLOADED);
              assertThat(e.retryDelay()).isPresent();
            });
  }

  @Test
  void nobodyAtTheAddressIsAnOutage() {
    ClickHouseSettings settings = stand.settings();
    ClickHouseSettings nowhere =
        new ClickHouseSettings(
            URI.create("http://127.0.0.1:1"),
            settings.database(),
            settings.user(),
            null,
            false,
            1,
            Duration.ofSeconds(1),
            Duration.ofSeconds(1),
            Duration.ofSeconds(1));
    try (ClickHouseLink link = ClickHouseStand.connect(nowhere)) {
      ClickHouseEventStore down = new ClickHouseEventStore(link, Clock.systemUTC());
      assertThatThrownBy(() -> down.append(List.of(event(scope(namespace), START, "1"))))
          .isInstanceOfSatisfying(
              PrismException.class,
              e -> assertThat(e.reason()).isEqualTo(CallReason.BACKEND_UNAVAILABLE));
      assertThatThrownBy(link::check).isNotNull();
    }
  }

  @Test
  void instancesThatStartAtOnceMakeTheTablesTogether() throws Exception {
    try (ClickHouseStand fresh = new ClickHouseStand()) {
      List<ClickHouseLink> links = new ArrayList<>(List.of(fresh.link()));
      for (int i = 0; i < 3; i++) {
        links.add(fresh.connect());
      }
      List<CompletableFuture<@Nullable Void>> running = new ArrayList<>();
      for (ClickHouseLink link : links) {
        running.add(
            CompletableFuture.runAsync(
                () ->
                    new ClickHouseEventStore(link, Clock.systemUTC())
                        .append(List.of(event(scope(namespace), START, "1")))));
      }
      running.forEach(CompletableFuture::join);
      links.getLast().check();
      assertThat(fresh.execute("SELECT DISTINCT version FROM schema_versions ORDER BY version"))
          .isEqualTo("1\n2\n3\n");
      assertThat(fresh.execute("SELECT count() FROM events FINAL")).isEqualTo("1\n");
      links.subList(1, links.size()).forEach(ClickHouseLink::close);
    }
  }

  /** Without it, what tells fresh rollups from stale ones would cost a look at every event. */
  @Test
  void freshnessComesFromTheProjection() {
    List<StoredEvent> events = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      events.add(event(scope(namespace), START + i * MINUTE / 100, "" + i));
    }
    Collections.shuffle(events, new Random(1));
    store.append(events);
    TimeRange range = new TimeRange(START, START + HOUR);
    for (Sql sql :
        List.of(
            FreshnessSql.unusable("ns", Resolution.HOUR, range, List.of(), 10),
            FreshnessSql.staleHours(10))) {
      String plan =
          stand.execute("EXPLAIN " + sql.text().replace("{p0:String}", "'" + namespace + "'"));
      assertThat(plan).contains("ReadFromMergeTree (minutes)").doesNotContain(".events)");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aPageIsFoundInTheOrderOfTheTable(boolean descending) {
    store.append(List.of(event(scope(namespace), START, "1")));
    EventQuery query = query("ns", List.of(), List.of(), Map.of(), descending);
    Sql sql = PageSql.times(query, new TimeRange(START, START + HOUR), 0, 10);
    String plan =
        stand.execute(
            "EXPLAIN PIPELINE " + sql.text().replace("{p0:String}", "'" + namespace + "'"));
    assertThat(plan).contains(descending ? "InReverseOrder" : "InOrder");
  }
}
