package io.prism.timeseries.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.prism.starter.error.CallReason;
import io.prism.starter.error.PrismException;
import io.prism.starter.testing.Await;
import io.prism.starter.testing.Failures;
import io.prism.starter.testing.PrismTestServer;
import io.prism.starter.testing.RequestStream;
import io.prism.timeseries.domain.AggregatePlanner;
import io.prism.timeseries.domain.EventKey;
import io.prism.timeseries.domain.EventPage;
import io.prism.timeseries.domain.EventQuery;
import io.prism.timeseries.domain.EventScope;
import io.prism.timeseries.domain.EventStore;
import io.prism.timeseries.domain.Ingest;
import io.prism.timeseries.domain.IngestLimits;
import io.prism.timeseries.domain.StoredEvent;
import io.prism.timeseries.domain.TimeSeriesReason;
import io.prism.timeseries.testing.Client;
import io.prism.timeseries.testing.GatedStore;
import io.prism.timeseries.v1.AppendEventsRequest;
import io.prism.timeseries.v1.Event;
import io.prism.timeseries.v1.QueryRequest;
import io.prism.timeseries.v1.StreamEventsResponse;
import io.prism.timeseries.v1.TimeSeriesServiceGrpc;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Slow stores and slow clients cost bounded memory. */
class FlowTest {

  private static final long BUFFER_BYTES = 1024 * 1024;
  private static final long NOW = System.currentTimeMillis() * 1_000_000;

  private final GatedStore store = new GatedStore();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Ingest ingest =
      new Ingest(
          store,
          new IngestLimits(
              1000, Long.MAX_VALUE, Duration.ofMillis(5), BUFFER_BYTES, 1, Duration.ofSeconds(2)),
          events -> {});
  private final PrismTestServer server = server(store);

  private PrismTestServer server(EventStore behind) {
    return PrismTestServer.of(
            new TimeSeriesGrpcService(
                behind,
                ingest,
                new AggregatePlanner(behind),
                new EventMeters(meters),
                Clock.systemUTC()))
        .start();
  }

  @AfterEach
  void stop() {
    store.open();
    server.close();
    ingest.close();
  }

  private Client client() {
    return Client.of(server);
  }

  private static Event event(int number, int payload) {
    return Event.newBuilder()
        .setTimestamp(NOW + number)
        .setEventType("x")
        .setPayload("p".repeat(payload))
        .build();
  }

  @Test
  void aStreamIsHeldBackWhileTheStoreIsSlow() {
    RequestStream<Event, StreamEventsResponse> stream = client().stream();
    int sent = 0;
    // More than all buffers on the way together hold.
    while (sent < 200_000 && stream.send(event(sent, 1000), 500)) {
      sent++;
    }
    assertThat(sent).isLessThan(200_000);
    assertThat(ingest.bufferedBytes()).isBetween(BUFFER_BYTES / 2, BUFFER_BYTES + 400_000);
    store.open();
    for (int i = 0; i < 1000; i++) {
      stream.send(event(sent++, 1000));
    }
    StreamEventsResponse response = stream.finish();
    assertThat(response.getAccepted()).isEqualTo(sent);
    assertThat(store.stored()).isEqualTo(sent);
    assertThat(ingest.bufferedBytes()).isZero();
    assertThat(meters.get("prism.timeseries.events").tag("outcome", "accepted").counter().count())
        .isEqualTo(sent);
  }

  @Test
  void largeEventsAreAskedForOneByOne() {
    RequestStream<Event, StreamEventsResponse> stream = client().stream();
    int sent = 0;
    while (sent < 100 && stream.send(event(sent, 2_000_000), 500)) {
      sent++;
    }
    // Four were asked for before it was known how large they are.
    assertThat(ingest.bufferedBytes()).isLessThan(6L * 2_001_000);
    store.open();
    assertThat(stream.finish().getAccepted()).isEqualTo(sent);
  }

  @Test
  void appendsAreRefusedWhileTheBufferIsFull() {
    Client client = client();
    AppendEventsRequest async =
        AppendEventsRequest.newBuilder()
            .addAllEvents(IntStream.range(0, 450).mapToObj(i -> event(i, 1000)).toList())
            .setAsync(true)
            .build();
    client.stub().appendEvents(async);
    client.stub().appendEvents(async);
    Failures.failsWith(
        TimeSeriesReason.BUFFER_FULL,
        () -> client.stub().appendEvents(async.toBuilder().setAsync(false).build()));
    store.open();
    Await.until("all are stored", () -> store.stored() == 900);
    assertThat(client.append(event(1, 1)).getDurable()).isTrue();
  }

  @Test
  void aStoreThatIsDownEndsAStreamAndNothingIsCalledStored() {
    store.fail(PrismException.of(CallReason.BACKEND_UNAVAILABLE, "down"));
    store.open();
    RequestStream<Event, StreamEventsResponse> stream = client().stream();
    stream.send(event(1, 1));
    Throwable failure = catchThrowable(stream::finish);
    assertThat(failure).isInstanceOf(CompletionException.class);
    Failures.checked(
        Status.Code.UNAVAILABLE, "BACKEND_UNAVAILABLE", Objects.requireNonNull(failure.getCause()));
    Failures.failsWith(CallReason.BACKEND_UNAVAILABLE, () -> client().append(event(1, 1)));
  }

  @Test
  void whoDoesNotWaitHarmsNobodyElse() {
    Client client = client();
    AppendEventsRequest request = AppendEventsRequest.newBuilder().addEvents(event(1, 1)).build();
    assertThat(
            Failures.failureOf(
                    () ->
                        client
                            .stub()
                            .withDeadlineAfter(200, TimeUnit.MILLISECONDS)
                            .appendEvents(request))
                .getStatus()
                .getCode())
        .isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    store.open();
    assertThat(client.append(event(2, 1)).getDurable()).isTrue();
    assertThat(store.stored()).isEqualTo(2);
  }

  /** A store whose pages never end, and how many were read of which range. */
  private static EventStore endless(Map<Long, AtomicInteger> reads) {
    EventScope scope = new EventScope("ns", 90, List.of());
    return (EventStore)
        Proxy.newProxyInstance(
            EventStore.class.getClassLoader(),
            new Class<?>[] {EventStore.class},
            (proxy, method, arguments) -> {
              assertThat(method.getName()).isEqualTo("read");
              long start = ((EventQuery) arguments[0]).range().start();
              int read =
                  reads.computeIfAbsent(start, first -> new AtomicInteger()).incrementAndGet();
              return new EventPage(
                  IntStream.range(0, 1000)
                      .mapToObj(
                          i ->
                              new StoredEvent(
                                  scope,
                                  new EventKey(NOW + read * 1000L + i, "x", "", "", 1),
                                  Map.of(),
                                  Map.of(),
                                  "p".repeat(1000),
                                  1000))
                      .toList(),
                  true);
            });
  }

  @Test
  void aSlowClientOfAStreamHoldsAFewPages() {
    Map<Long, AtomicInteger> reads = new ConcurrentHashMap<>();
    try (PrismTestServer endless = server(endless(reads))) {
      Client client = Client.of(endless);
      AtomicInteger received = new AtomicInteger();
      ClientCall<QueryRequest, Event> slow = query(client, 1, received);
      slow.request(1);
      Await.until("an event", () -> received.get() == 1);
      takeMany(client, 2);
      assertThat(read(reads, 1)).isLessThan(6);
      slow.request(20_000);
      Await.until("more", () -> received.get() == 20_001);
      slow.cancel("enough", null);
      takeMany(client, 3);
      assertThat(read(reads, 1)).isBetween(20, 40);
    }
  }

  private static int read(Map<Long, AtomicInteger> reads, long start) {
    return reads.getOrDefault(start, new AtomicInteger()).get();
  }

  /** Takes so much that anybody else had time to do what he does unasked. */
  private static void takeMany(Client client, long start) {
    AtomicInteger received = new AtomicInteger();
    ClientCall<QueryRequest, Event> quick = query(client, start, received);
    quick.request(100_000);
    Await.until("many events", Duration.ofSeconds(60), () -> received.get() == 100_000);
    quick.cancel("enough", null);
  }

  private static ClientCall<QueryRequest, Event> query(
      Client client, long start, AtomicInteger received) {
    ClientCall<QueryRequest, Event> call =
        client.channel().newCall(TimeSeriesServiceGrpc.getStreamQueryMethod(), CallOptions.DEFAULT);
    call.start(
        new ClientCall.Listener<>() {
          @Override
          public void onMessage(Event message) {
            received.incrementAndGet();
          }
        },
        new Metadata());
    call.sendMessage(
        QueryRequest.newBuilder().setStartTime(start).setEndTime(Long.MAX_VALUE).build());
    call.halfClose();
    return call;
  }
}
