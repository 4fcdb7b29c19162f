package io.prism.timeseries;

import static io.prism.starter.testing.Failures.failsWith;
import static org.assertj.core.api.Assertions.assertThat;

import io.prism.config.v1.TimeSeriesConfig;
import io.prism.starter.error.CallReason;
import io.prism.starter.testing.Await;
import io.prism.starter.testing.RequestStream;
import io.prism.timeseries.domain.TimeSeriesReason;
import io.prism.timeseries.testing.Client;
import io.prism.timeseries.testing.Fixture;
import io.prism.timeseries.v1.AppendEventsRequest;
import io.prism.timeseries.v1.AppendEventsResponse;
import io.prism.timeseries.v1.Event;
import io.prism.timeseries.v1.EventError;
import io.prism.timeseries.v1.QueryRequest;
import io.prism.timeseries.v1.QueryResponse;
import io.prism.timeseries.v1.StreamEventsResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds for events and queries, whatever the store. */
abstract class EventsContract {

  static final long NOW = TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis());
  static final long SECOND = Duration.ofSeconds(1).toNanos();
  static final long DAY = Duration.ofDays(1).toNanos();

  private static final Comparator<Event> ORDER =
      Comparator.comparingLong(Event::getTimestamp)
          .thenComparing(Event::getEventType)
          .thenComparing(Event::getSource)
          .thenComparing(Event::getEventId);

  abstract Fixture fixture();

  static Event.Builder event(long timestamp, String id) {
    return Event.newBuilder()
        .setTimestamp(timestamp)
        .setEventType("click")
        .setSource("web")
        .setEventId(id);
  }

  static QueryRequest.Builder all() {
    return QueryRequest.newBuilder().setStartTime(0).setEndTime(Long.MAX_VALUE);
  }

  static List<String> ids(List<Event> events) {
    return events.stream().map(Event::getEventId).toList();
  }

  @Test
  void eventsComeBackAsTheyWere() {
    Client client = fixture().client();
    Event full =
        event(NOW, "a")
            .putDimensions("région", "Île-de-France 🌍")
            .putDimensions("empty", "")
            .putMetrics("latency", 12.5)
            .putMetrics("tiny", Double.MIN_VALUE)
            .putMetrics("huge", -Double.MAX_VALUE)
            .setPayload("{\"a\": \"'; DROP TABLE events; --\"}\n\t\\ \u0001 中")
            .build();
    Event bare = Event.newBuilder().setTimestamp(NOW + 1).setEventType("x").build();
    AppendEventsResponse response = client.append(full, bare);
    assertThat(response.getAccepted()).isEqualTo(2);
    assertThat(response.getRejected()).isZero();
    assertThat(response.getDurable()).isTrue();
    assertThat(client.query(all()).getEventsList()).containsExactly(full, bare);
  }

  @Test
  void nanosecondsAreKept() {
    Client client = fixture().client();
    client.append(
        event(NOW + 2, "c").build(), event(NOW, "a").build(), event(NOW + 1, "b").build());
    List<Event> events = client.query(all()).getEventsList();
    assertThat(events).extracting(Event::getTimestamp).containsExactly(NOW, NOW + 1, NOW + 2);
  }

  @Test
  void aRangeHasItsStartAndNotItsEnd() {
    Client client = fixture().client();
    client.append(
        event(NOW, "a").build(), event(NOW + 1, "b").build(), event(NOW + 2, "c").build());
    QueryRequest.Builder query = QueryRequest.newBuilder().setStartTime(NOW).setEndTime(NOW + 2);
    assertThat(ids(client.query(query).getEventsList())).containsExactly("a", "b");
  }

  @Test
  void sameSourceTypeTimestampAndIdAreOneEventHoweverOftenItIsSent() {
    Client client = fixture().client();
    Event event = event(NOW, "same").putMetrics("m", 1).build();
    client.append(event, event);
    client.append(event);
    IntStream.range(0, 20)
        .mapToObj(i -> CompletableFuture.runAsync(() -> client.append(event)))
        .toList()
        .forEach(CompletableFuture::join);
    assertThat(client.query(all()).getEventsList()).containsExactly(event);
    List<Event> others =
        List.of(
            event(NOW, "other").build(),
            event(NOW + 1, "same").build(),
            event(NOW, "same").setSource("app").build(),
            event(NOW, "same").setEventType("view").build());
    client.append(others);
    assertThat(client.query(all()).getEventsList()).hasSize(5).containsAll(others);
  }

  @Test
  void eventsWithoutAnIdAreNewOnesEachTime() {
    Client client = fixture().client();
    Event event = Event.newBuilder().setTimestamp(NOW).setEventType("x").build();
    client.append(event, event);
    client.append(event);
    assertThat(client.pages(all(), 1)).containsExactly(event, event, event);
  }

  @Test
  void badEventsAreRejectedOneByOneAndTheOthersStored() {
    Client client = fixture().client();
    AppendEventsResponse response =
        client.append(
            event(NOW, "good").build(),
            event(0, "a").build(),
            event(-1, "a").build(),
            event(NOW, "a").clearEventType().build(),
            event(NOW, "a").putMetrics("m", Double.NaN).build(),
            event(NOW, "a").putMetrics("m", Double.POSITIVE_INFINITY).build(),
            event(NOW, "a").putMetrics("", 1).build(),
            event(NOW, "a").putDimensions("", "x").build(),
            event(NOW, "").build(),
            event(NOW, "a").setSource("x".repeat(256)).build(),
            event(NOW, "a").setEventType("ä".repeat(128)).build(),
            event(NOW, "a").putDimensions("d", "x".repeat(4097)).build(),
            event(NOW - 92 * DAY, "a").build(),
            event(NOW, "good too").build());
    assertThat(response.getAccepted()).isEqualTo(2);
    assertThat(response.getRejected()).isEqualTo(12);
    assertThat(response.getErrorsList())
        .extracting(EventError::getIndex)
        .containsExactlyElementsOf(IntStream.rangeClosed(1, 12).mapToObj(Long::valueOf).toList());
    assertThat(response.getErrorsList())
        .extracting(EventError::getCode)
        .containsExactly(
            "TIMESTAMP_INVALID",
            "TIMESTAMP_INVALID",
            "EVENT_TYPE_MISSING",
            "METRIC_INVALID",
            "METRIC_INVALID",
            "METRIC_INVALID",
            "DIMENSION_INVALID",
            "EVENT_ID_INVALID",
            "SOURCE_INVALID",
            "EVENT_TYPE_INVALID",
            "DIMENSION_INVALID",
            "TIMESTAMP_EXPIRED");
    assertThat(response.getErrors(3).getMessage())
        .isEqualTo("metrics[m]: NaN (expected: a finite number)");
    assertThat(ids(client.query(all()).getEventsList())).containsExactly("good", "good too");
  }

  @Test
  void onlyBadEventsAreAnAnswerToo() {
    AppendEventsResponse response = fixture().client().append(event(0, "a").build());
    assertThat(response.getAccepted()).isZero();
    assertThat(response.getRejected()).isEqualTo(1);
  }

  @Test
  void lateEventsCountForAsLongAsTheyWouldBeKept() {
    Client client = fixture().client();
    client.append(event(NOW - 89 * DAY, "late").build());
    Client longer =
        fixture()
            .client(
                client.namespace(), TimeSeriesConfig.newBuilder().setRetentionDays(3650).build());
    assertThat(longer.append(event(NOW - 1000 * DAY, "very late").build()).getAccepted())
        .isEqualTo(1);
    assertThat(ids(client.query(all()).getEventsList())).containsExactly("very late", "late");
  }

  @Test
  void noEventsAndTooManyAreRefused() {
    Client client = fixture().client();
    failsWith(CallReason.INVALID_ARGUMENT, client::append);
    List<Event> many =
        IntStream.range(0, 10_001)
            .mapToObj(i -> Event.newBuilder().setTimestamp(NOW).setEventType("x").build())
            .toList();
    failsWith(CallReason.LIMIT_EXCEEDED, () -> client.append(many));
    assertThat(client.append(many.subList(0, 10_000)).getAccepted()).isEqualTo(10_000);
  }

  @Test
  void asyncIsAnsweredBeforeAndStoredAllTheSame() {
    Client client = fixture().client();
    AppendEventsResponse response =
        client
            .stub()
            .appendEvents(
                AppendEventsRequest.newBuilder().addEvents(event(NOW, "a")).setAsync(true).build());
    assertThat(response.getAccepted()).isEqualTo(1);
    assertThat(response.getDurable()).isFalse();
    Await.until("the event", () -> client.query(all()).getEventsCount() == 1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void pagesHaveEachEventOnceAndInOrder(boolean descending) {
    Client client = fixture().client();
    Random random = new Random(7);
    List<Event> events = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      // Few times, so that many events tie.
      events.add(
          event(NOW + random.nextInt(20), "e" + random.nextInt(100))
              .setEventType("t" + random.nextInt(3))
              .setSource("s" + random.nextInt(3))
              .build());
    }
    client.append(events);
    List<Event> expected = events.stream().distinct().sorted(ORDER).toList();
    if (descending) {
      expected = expected.reversed();
    }
    for (int limit : new int[] {3, 7, 100, 10_000}) {
      if (limit == 3 && descending) {
        continue;
      }
      assertThat(client.pages(all().setDescending(descending), limit)).isEqualTo(expected);
    }
    assertThat(client.stream(all().setDescending(descending))).isEqualTo(expected);
  }

  @Test
  void pagesDoNotMindWhatComesMeanwhile() {
    Client client = fixture().client();
    client.append(
        IntStream.range(0, 100).mapToObj(i -> event(NOW + 2L * i, "e" + i).build()).toList());
    List<String> seen = new ArrayList<>();
    QueryResponse page = client.query(all().setLimit(10));
    for (int i = 0; page.getHasMore(); i++) {
      seen.addAll(ids(page.getEventsList()));
      client.append(event(NOW + 1, "before" + i).build());
      page = client.query(all().setLimit(10).setPageToken(page.getNextPageToken()));
    }
    seen.addAll(ids(page.getEventsList()));
    assertThat(seen)
        .filteredOn(id -> id.startsWith("e"))
        .containsExactlyElementsOf(IntStream.range(0, 100).mapToObj(i -> "e" + i).toList());
  }

  @Test
  void aTokenIsOfUseForItsQueryOnly() {
    Client client = fixture().client();
    client.append(event(NOW, "a").build(), event(NOW, "b").build());
    String token = client.query(all().setLimit(1)).getNextPageToken();
    for (QueryRequest.Builder other :
        List.of(
            all().setDescending(true),
            all().setStartTime(1),
            all().addEventTypes("click"),
            all().addSources("web"),
            all().putFilters("a", "b"))) {
      failsWith(TimeSeriesReason.PAGE_TOKEN_INVALID, () -> client.query(other.setPageToken(token)));
    }
    for (String made : List.of("x", "AAAA", token + "A", token.substring(2), "!")) {
      failsWith(TimeSeriesReason.PAGE_TOKEN_INVALID, () -> client.query(all().setPageToken(made)));
    }
    Client stranger = fixture().client();
    failsWith(TimeSeriesReason.PAGE_TOKEN_INVALID, () -> stranger.query(all().setPageToken(token)));
    assertThat(ids(client.query(all().setPageToken(token).setLimit(5)).getEventsList()))
        .containsExactly("b");
  }

  @Test
  void limitsAreAsSaid() {
    Client client = fixture().client();
    List<Event> events =
        IntStream.range(0, 10_100).mapToObj(i -> event(NOW + i, "e" + i).build()).toList();
    client.append(events.subList(0, 10_000));
    client.append(events.subList(10_000, 10_100));
    assertThat(client.query(all()).getEventsCount()).isEqualTo(100);
    QueryResponse most = client.query(all().setLimit(20_000));
    assertThat(most.getEventsCount()).isEqualTo(10_000);
    assertThat(most.getHasMore()).isTrue();
    QueryResponse rest = client.query(all().setLimit(20_000).setPageToken(most.getNextPageToken()));
    assertThat(rest.getEventsCount()).isEqualTo(100);
    assertThat(rest.getHasMore()).isFalse();
    assertThat(rest.getNextPageToken()).isEmpty();
    failsWith(CallReason.INVALID_ARGUMENT, () -> client.query(all().setLimit(-1)));
    assertThat(client.stream(all())).hasSize(10_100);
    assertThat(client.stream(all().setLimit(4_321))).hasSize(4_321);
    failsWith(CallReason.INVALID_ARGUMENT, () -> client.stream(all().setLimit(-1)));
    failsWith(CallReason.INVALID_ARGUMENT, () -> client.stream(all().setPageToken("x")));
  }

  @ParameterizedTest
  @CsvSource({"5,5", "6,5", "-1,5"})
  void aRangeMustStartBeforeItEnds(long start, long end) {
    Client client = fixture().client();
    QueryRequest.Builder query = QueryRequest.newBuilder().setStartTime(start).setEndTime(end);
    failsWith(CallReason.INVALID_ARGUMENT, () -> client.query(query));
    failsWith(CallReason.INVALID_ARGUMENT, () -> client.stream(query));
  }

  @Test
  void aPageOfLargeEventsEndsBeforeItIsTooLargeForAClient() {
    Client client = fixture().client();
    String payload = "x".repeat(1_000_000);
    for (int i = 0; i < 6; i++) {
      client.append(event(NOW + i, "e" + i).setPayload(payload).build());
    }
    QueryResponse first = client.query(all());
    assertThat(first.getEventsCount()).isBetween(3, 4);
    assertThat(first.getHasMore()).isTrue();
    assertThat(ids(client.pages(all(), 100))).containsExactly("e0", "e1", "e2", "e3", "e4", "e5");
    assertThat(client.stream(all())).hasSize(6);
  }

  @Test
  void queriesNarrowByTypeSourceAndDimensions() {
    Client client = fixture().client();
    client.append(
        event(NOW, "a").putDimensions("region", "eu").putDimensions("tier", "1").build(),
        event(NOW + 1, "b").putDimensions("region", "us").build(),
        event(NOW + 2, "c").setEventType("view").putDimensions("region", "eu").build(),
        event(NOW + 3, "d").setSource("app").build(),
        event(NOW + 4, "e").putDimensions("region", "").build());
    assertThat(ids(client.query(all().addEventTypes("view")).getEventsList())).containsExactly("c");
    assertThat(
            ids(client.query(all().addEventTypes("view").addEventTypes("click")).getEventsList()))
        .hasSize(5);
    assertThat(ids(client.query(all().addSources("app").addSources("none")).getEventsList()))
        .containsExactly("d");
    assertThat(ids(client.query(all().putFilters("region", "eu")).getEventsList()))
        .containsExactly("a", "c");
    assertThat(
            ids(
                client
                    .query(all().putFilters("region", "eu").putFilters("tier", "1"))
                    .getEventsList()))
        .containsExactly("a");
    assertThat(ids(client.query(all().putFilters("region", "")).getEventsList()))
        .containsExactly("e");
    assertThat(ids(client.query(all().putFilters("event_type", "view")).getEventsList()))
        .containsExactly("c");
    assertThat(ids(client.query(all().putFilters("source", "app")).getEventsList()))
        .containsExactly("d");
    assertThat(client.query(all().putFilters("none", "x")).getEventsList()).isEmpty();
  }

  static Stream<String> nastyTexts() {
    return Stream.of(
        "'",
        "''; DROP TABLE events; --",
        "\" OR 1=1 --",
        "a'); SELECT 1; --",
        "{x:String}",
        "?",
        "$1",
        "\\'",
        "\\",
        "%",
        "_",
        "\u001f",
        "\u0000",
        "\n",
        "a\tb",
        "${jndi:x}",
        "𝒳é\u202e");
  }

  @Test
  void noTextIsEverSql() {
    Client client = fixture().client();
    List<Event> events = new ArrayList<>();
    for (String text : nastyTexts().toList()) {
      events.add(
          Event.newBuilder()
              .setTimestamp(NOW)
              .setEventType(text)
              .setSource(text)
              .setEventId(text)
              .putDimensions(text, text)
              .putMetrics(text, 1)
              .setPayload(text)
              .build());
    }
    AppendEventsResponse response = client.append(events);
    assertThat(response.getAccepted()).as(response.toString()).isEqualTo(events.size());
    client.append(events);
    assertThat(client.pages(all(), 3)).containsExactlyInAnyOrderElementsOf(events);
    for (Event event : events) {
      String text = event.getPayload();
      assertThat(
              client
                  .query(all().addEventTypes(text).addSources(text).putFilters(text, text))
                  .getEventsList())
          .as(text)
          .containsExactly(event);
    }
  }

  @Test
  void namespacesAreApart() {
    Client one = fixture().client();
    Client other = fixture().client();
    Event event = event(NOW, "same").build();
    one.append(event);
    assertThat(other.query(all()).getEventsList()).isEmpty();
    other.append(event);
    assertThat(one.query(all()).getEventsList()).containsExactly(event);
    assertThat(other.stream(all())).containsExactly(event);
  }

  @Test
  void whoMayOnlyReadStoresNothing() {
    Client reader = fixture().reader(Fixture.newNamespace());
    failsWith(CallReason.PERMISSION_DENIED, () -> reader.append(event(NOW, "a").build()));
    assertThat(reader.query(all()).getEventsList()).isEmpty();
  }

  @Test
  void aStreamIsAnsweredWhenAllOfItIsStored() {
    Client client = fixture().client();
    RequestStream<Event, StreamEventsResponse> stream = client.stream();
    int count = 30_000;
    for (int i = 0; i < count; i++) {
      stream.send(event(NOW + i, "e" + i).putMetrics("m", i).build());
    }
    StreamEventsResponse response = stream.finish();
    assertThat(response.getReceived()).isEqualTo(count);
    assertThat(response.getAccepted()).isEqualTo(count);
    assertThat(response.getRejected()).isZero();
    assertThat(client.stream(all())).hasSize(count);
  }

  @Test
  void aStreamTellsOfItsFirstHundredBadEvents() {
    Client client = fixture().client();
    RequestStream<Event, StreamEventsResponse> stream = client.stream();
    for (int i = 0; i < 300; i++) {
      stream.send(event(i % 2 == 0 ? NOW + i : 0, "e" + i).build());
    }
    StreamEventsResponse response = stream.finish();
    assertThat(response.getReceived()).isEqualTo(300);
    assertThat(response.getAccepted()).isEqualTo(150);
    assertThat(response.getRejected()).isEqualTo(150);
    assertThat(response.getErrorsList()).hasSize(100);
    assertThat(response.getErrors(99).getIndex()).isEqualTo(199);
    assertThat(response.getErrors(99).getCode()).isEqualTo("TIMESTAMP_INVALID");
    assertThat(client.stream(all())).hasSize(150);
  }

  @Test
  void anEmptyStreamIsAnsweredToo() {
    assertThat(fixture().client().stream().finish())
        .isEqualTo(StreamEventsResponse.getDefaultInstance());
  }

  @Test
  void whatAnAbandonedStreamHasSentIsStored() {
    Client client = fixture().client();
    RequestStream<Event, StreamEventsResponse> stream = client.stream();
    stream.send(event(NOW, "a").build());
    Await.until("the event", () -> client.query(all()).getEventsCount() == 1);
    stream.cancel();
    client.append(event(NOW, "a").build(), event(NOW, "b").build());
    assertThat(ids(client.query(all()).getEventsList())).containsExactly("a", "b");
  }

  @Test
  void dimensionsMayBeManyAndTooMany() {
    Client client = fixture().client();
    Event.Builder hundred = event(NOW, "a");
    IntStream.range(0, 100)
        .forEach(i -> hundred.putDimensions("d" + i, "v").putMetrics("m" + i, i));
    assertThat(client.append(hundred.build()).getAccepted()).isEqualTo(1);
    assertThat(client.query(all()).getEventsList()).containsExactly(hundred.build());
    AppendEventsResponse refused =
        client.append(
            hundred.clone().putDimensions("one more", "v").build(),
            hundred.clone().putMetrics("one more", 1).build());
    assertThat(refused.getErrorsList())
        .extracting(EventError::getCode)
        .containsExactly("DIMENSION_INVALID", "METRIC_INVALID");
    assertThat(Map.copyOf(client.query(all()).getEvents(0).getDimensionsMap())).hasSize(100);
  }
}
