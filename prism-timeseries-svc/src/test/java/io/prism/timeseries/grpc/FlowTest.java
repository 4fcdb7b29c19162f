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
import io.prism.timeseries.domain.AggregatePlanner;
import io.prism.timeseries.domain.EventKey;
import io.prism.timeseries.domain.EventPage;
import io.prism.timeseries.domain.EventScope;
import io.prism.timeseries.domain.EventStore;
import io.prism.timeseries.domain.Ingest;
import io.prism.timeseries.domain.IngestLimits;
import io.prism.timeseries.domain.StoredEvent;
import io.prism.timeseries.domain.TimeSeriesReason;
import io.prism.timeseries.testing.Client;
import io.prism.timeseries.testing.EventStream;
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
    EventStream stream = new EventStream(client());
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
    EventStream stream = new EventStream(client());
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
    EventStream stream = new EventStream(client());
    stream.send(event(1, 1));
    Throwable failure = catchThrowable(stream::finish);
    assertThat(failure).isInstanceOf(CompletionException.class);
    Failures.checked(
        Status.Code.UNAVAILABLE, "BACKEND_UNAVAILABLE", Objects.requireNonNull(failure.getCause()));
    Failures.failsWith(CallReason.BACKEND_UNAVAILABLE, () -> client().append(event(1, 1)));
  }

  /** A store whose pages never end. */
  private static EventStore endless(AtomicInteger reads) {
    EventScope scope = new EventScope("ns", 90, List.of());
    return (EventStore)
        Proxy.newProxyInstance(
            EventStore.class.getClassLoader(),
            new Class<?>[] {EventStore.class},
            (proxy, method, arguments) -> {
              assertThat(method.getName()).isEqualTo("read");
              int read = reads.incrementAndGet();
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
    AtomicInteger reads = new AtomicInteger();
    try (PrismTestServer endless = server(endless(reads))) {
      ClientCall<QueryRequest, Event> call =
          Client.of(endless)
              .channel()
              .newCall(TimeSeriesServiceGrpc.getStreamQueryMethod(), CallOptions.DEFAULT);
      AtomicInteger received = new AtomicInteger();
      call.start(
          new ClientCall.Listener<>() {
            @Override
            public void onMessage(Event message) {
              received.incrementAndGet();
            }
          },
          new Metadata());
      call.sendMessage(QueryRequest.newBuilder().setEndTime(Long.MAX_VALUE).build());
      call.halfClose();
      call.request(1);
      Await.until("an event", () -> received.get() == 1);
      int settled = Await.value("it waits", () -> settled(reads), count -> count >= 0);
      assertThat(settled).isLessThan(6);
      call.request(20_000);
      Await.until("more", () -> received.get() == 20_001);
      call.cancel("enough", null);
      Await.value("it has ended", () -> settled(reads), count -> count >= 0);
      assertThat(reads.get()).isLessThan(40);
    }
  }

  /** The count, once it has stayed the same for a while; else -1. */
  private static int settled(AtomicInteger count) throws InterruptedException {
    int before = count.get();
    TimeUnit.MILLISECONDS.sleep(300);
    return count.get() == before ? before : -1;
  }
}
