package io.prism.timeseries.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prism.starter.error.CallReason;
import io.prism.starter.error.PrismException;
import io.prism.starter.testing.Await;
import io.prism.timeseries.testing.GatedStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class IngestTest {

  private static final Duration LONG = Duration.ofMinutes(10);

  private final GatedStore store = new GatedStore();
  private final List<StoredEvent> told = new CopyOnWriteArrayList<>();
  private final List<Ingest> started = new ArrayList<>();

  @AfterEach
  void stop() {
    store.fail(null);
    store.open();
    started.forEach(Ingest::close);
  }

  private Ingest ingest(int batchEvents, Duration linger, long bufferBytes) {
    Ingest ingest =
        new Ingest(
            store,
            new IngestLimits(
                batchEvents, Long.MAX_VALUE, linger, bufferBytes, 1, Duration.ofSeconds(2)),
            told::addAll);
    started.add(ingest);
    return ingest;
  }

  private static StoredEvent event(String id) {
    return new StoredEvent(
        new EventScope("ns", 90, List.of()),
        new EventKey(1, "type", "source", id, 0),
        Map.of(),
        Map.of(),
        "",
        100);
  }

  private static CompletableFuture<Integer> submit(Ingest ingest, boolean keep, String... ids) {
    CompletableFuture<Integer> settled = new CompletableFuture<>();
    List<StoredEvent> events = List.of(ids).stream().map(IngestTest::event).toList();
    ingest.submit(
        new Submission(
            events,
            100L * ids.length,
            keep,
            (of, failure) -> {
              if (failure == null) {
                settled.complete(of.events().size());
              } else {
                settled.completeExceptionally(failure);
              }
            }));
    return settled;
  }

  @Test
  void eventsOfManyCallsAreStoredTogether() {
    Ingest ingest = ingest(3, LONG, Long.MAX_VALUE);
    store.open();
    CompletableFuture<Integer> one = submit(ingest, false, "a");
    CompletableFuture<Integer> other = submit(ingest, false, "b");
    assertThat(store.batches()).isEmpty();
    assertThat(one).isNotDone();
    CompletableFuture<Integer> last = submit(ingest, false, "c", "d");
    assertThat(List.of(one.join(), other.join(), last.join())).containsExactly(1, 1, 2);
    assertThat(store.batches()).hasSize(1);
    assertThat(told).hasSize(4);
    assertThat(ingest.bufferedBytes()).isZero();
  }

  @Test
  void aFewEventsWaitNoLongerThanTheyMay() {
    Ingest ingest = ingest(1000, Duration.ofMillis(20), Long.MAX_VALUE);
    store.open();
    assertThat(submit(ingest, false, "a").join()).isEqualTo(1);
  }

  @Test
  void nothingIsAnsweredBeforeItIsStored() {
    Ingest ingest = ingest(1, LONG, Long.MAX_VALUE);
    CompletableFuture<Integer> settled = submit(ingest, false, "a");
    Await.until("the batch has left", () -> ingest.bufferedBytes() == 100);
    assertThat(settled).isNotDone();
    store.pass(1);
    assertThat(settled.join()).isEqualTo(1);
  }

  @Test
  void whoComesWhenItIsFullIsRefused() {
    Ingest ingest = ingest(1, LONG, 250);
    var _ = submit(ingest, false, "a");
    var _ = submit(ingest, false, "b", "c");
    assertThatThrownBy(() -> submit(ingest, false, "d"))
        .isInstanceOfSatisfying(
            PrismException.class,
            refused -> {
              assertThat(refused.reason()).isEqualTo(TimeSeriesReason.BUFFER_FULL);
              assertThat(refused.retryDelay()).isPresent();
            });
    AtomicInteger rooms = new AtomicInteger();
    assertThat(ingest.awaitRoom(rooms::incrementAndGet)).isFalse();
    assertThat(rooms).hasValue(0);
    store.open();
    Await.until("room", () -> rooms.get() == 1);
    assertThat(submit(ingest, false, "d").join()).isEqualTo(1);
  }

  @Test
  void aFailureIsToldAndNothingTriedAgain() {
    Ingest ingest = ingest(2, LONG, Long.MAX_VALUE);
    PrismException down = PrismException.of(CallReason.BACKEND_UNAVAILABLE, "down");
    store.fail(down);
    store.open();
    CompletableFuture<Integer> one = submit(ingest, false, "a");
    CompletableFuture<Integer> other = submit(ingest, false, "b");
    assertThatThrownBy(one::join).isInstanceOf(CompletionException.class).hasCause(down);
    assertThatThrownBy(other::join).hasCause(down);
    store.fail(null);
    submit(ingest, false, "c", "d").join();
    assertThat(store.stored()).isEqualTo(2);
    assertThat(ingest.bufferedBytes()).isZero();
  }

  @Test
  void whatWasPromisedIsTriedUntilItIsStored() {
    Ingest ingest = ingest(1, LONG, Long.MAX_VALUE);
    store.fail(PrismException.of(CallReason.BACKEND_UNAVAILABLE, "down"));
    store.open();
    CompletableFuture<Integer> kept = submit(ingest, true, "a");
    CompletableFuture<Integer> durable = submit(ingest, false, "b");
    assertThatThrownBy(durable::join).isInstanceOf(CompletionException.class);
    assertThat(kept).isNotDone();
    store.fail(null);
    assertThat(kept.join()).isEqualTo(1);
    assertThat(store.batches()).hasSize(1);
    assertThat(ingest.lost()).isZero();
  }

  @Test
  void anEventThatTheStoreRefusesHarmsNoOtherCall() {
    Ingest ingest = ingest(3, LONG, Long.MAX_VALUE);
    store.refuse(event -> event.key().id().equals("bad"));
    store.open();
    CompletableFuture<Integer> good = submit(ingest, false, "a");
    CompletableFuture<Integer> bad = submit(ingest, false, "bad");
    CompletableFuture<Integer> promised = submit(ingest, true, "bad");
    assertThat(good.join()).isEqualTo(1);
    assertThatThrownBy(bad::join).isInstanceOf(CompletionException.class);
    assertThatThrownBy(promised::join).isInstanceOf(CompletionException.class);
    assertThat(ingest.lost()).isEqualTo(1);
    assertThat(store.stored()).isEqualTo(1);
  }

  @Test
  void closingStoresWhatItHas() {
    Ingest ingest = ingest(1000, LONG, Long.MAX_VALUE);
    store.open();
    CompletableFuture<Integer> durable = submit(ingest, false, "a");
    CompletableFuture<Integer> promised = submit(ingest, true, "b");
    ingest.close();
    assertThat(durable.join()).isEqualTo(1);
    assertThat(promised.join()).isEqualTo(1);
    assertThatThrownBy(() -> submit(ingest, false, "c")).isInstanceOf(PrismException.class);
  }

  @Test
  void closingGivesUpAStoreThatIsDownInTime() {
    Ingest ingest = ingest(1, LONG, Long.MAX_VALUE);
    store.fail(PrismException.of(CallReason.BACKEND_UNAVAILABLE, "down"));
    store.open();
    CompletableFuture<Integer> promised = submit(ingest, true, "a");
    ingest.close();
    assertThatThrownBy(promised::join).isInstanceOf(CompletionException.class);
    assertThat(ingest.lost()).isEqualTo(1);
  }

  @Test
  void severalWritersStoreEverythingOnce() {
    Ingest ingest =
        new Ingest(
            store,
            new IngestLimits(
                10, Long.MAX_VALUE, Duration.ofMillis(1), Long.MAX_VALUE, 4, Duration.ofSeconds(2)),
            told::addAll);
    started.add(ingest);
    store.open();
    List<CompletableFuture<Integer>> all =
        IntStream.range(0, 8)
            .parallel()
            .boxed()
            .flatMap(t -> IntStream.range(0, 250).mapToObj(i -> submit(ingest, false, t + "-" + i)))
            .toList();
    all.forEach(CompletableFuture::join);
    assertThat(store.stored()).isEqualTo(2000);
    assertThat(store.batches().stream().flatMap(List::stream).map(e -> e.key().id()).distinct())
        .hasSize(2000);
  }
}
