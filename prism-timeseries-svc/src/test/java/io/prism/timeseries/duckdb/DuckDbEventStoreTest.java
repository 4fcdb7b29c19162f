package io.prism.timeseries.duckdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.prism.starter.backend.BackendGuard;
import io.prism.starter.error.CallReason;
import io.prism.starter.error.PrismException;
import io.prism.starter.testing.Await;
import io.prism.starter.testing.ReplicaProcess;
import io.prism.timeseries.domain.EventKey;
import io.prism.timeseries.domain.EventQuery;
import io.prism.timeseries.domain.EventScope;
import io.prism.timeseries.domain.Retention;
import io.prism.timeseries.domain.StaleMinute;
import io.prism.timeseries.domain.StoredEvent;
import io.prism.timeseries.domain.TimeRange;
import io.prism.timeseries.testing.DuckDbStand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DuckDbEventStoreTest {

  private static final int BATCH = 100;
  private static final int MANY = 20_000;
  private static final long NOW = System.currentTimeMillis() * 1_000_000;

  private static DuckDbEventStore open(Path folder) {
    return open(folder, Clock.systemUTC());
  }

  private static DuckDbEventStore open(Path folder, Clock clock) {
    return open(folder, clock, Duration.ofSeconds(30));
  }

  private static DuckDbEventStore open(Path folder, Clock clock, Duration timeLimit) {
    return new DuckDbEventStore(
        new DuckDbSettings(folder, 2, 10, 256L * 1024 * 1024, timeLimit),
        new BackendGuard(
            "duckdb",
            CircuitBreaker.ofDefaults("duckdb"),
            new SimpleMeterRegistry(),
            DuckDbEventStore::isOutage),
        clock);
  }

  private static StoredEvent event(long number, int retentionDays) {
    return new StoredEvent(
        new EventScope("ns", retentionDays, List.of("region")),
        new EventKey(NOW + number, "x", "s", "e" + number, 0),
        Map.of("region", "eu"),
        Map.of("m", 1.0),
        "",
        100);
  }

  private static int count(DuckDbEventStore store) {
    EventQuery all =
        new EventQuery(
            "ns", new TimeRange(0, Long.MAX_VALUE), List.of(), List.of(), new TreeMap<>(), false);
    return store.read(all, null, 1_000_000, Long.MAX_VALUE).events().size();
  }

  /** Appends until it is killed, and says each time what was stored. */
  static final class Writer {

    private Writer() {}

    public static void main(String[] arguments) throws IOException {
      Path told = Path.of(arguments[1]);
      try (DuckDbEventStore store = open(Path.of(arguments[0]))) {
        for (int batch = 0; ; batch++) {
          int first = batch * BATCH;
          store.append(IntStream.range(first, first + BATCH).mapToObj(i -> event(i, 90)).toList());
          Files.writeString(told, ".".repeat(batch + 1));
        }
      }
    }
  }

  @Test
  void whatWasStoredSurvivesAKill() throws Exception {
    Path folder = new DuckDbStand().folder();
    Path told = folder.resolve("told");
    try (ReplicaProcess writer =
        new ReplicaProcess(Writer.class, List.of(folder.toString(), told.toString()))) {
      Await.until(
          "some batches",
          Duration.ofSeconds(30),
          () -> Files.exists(told) && Files.size(told) >= 20);
      assertThatThrownBy(() -> open(folder))
          .as("one process at a time")
          .isInstanceOf(IllegalStateException.class);
      writer.kill();
    }
    int stored = Math.toIntExact(Files.size(told)) * BATCH;
    try (DuckDbEventStore again = open(folder)) {
      // Whole batches; the last may have been stored and not told of.
      assertThat(count(again)).isIn(stored, stored + BATCH);
      assertThat(again.staleMinutes(10)).isNotEmpty();
      again.rollUp("ns", again.staleMinutes(10).stream().map(StaleMinute::start).toList());
      assertThat(again.staleMinutes(10)).isEmpty();
    }
    try (DuckDbEventStore again = open(folder)) {
      assertThat(again.staleMinutes(10)).isEmpty();
      assertThat(count(again)).isGreaterThanOrEqualTo(stored);
    }
  }

  @Test
  void whatIsExpiredIsDropped() {
    Path folder = new DuckDbStand().folder();
    int today = Retention.today(Clock.systemUTC());
    Clock later = Clock.offset(Clock.systemUTC(), Duration.ofDays(2));
    try (DuckDbEventStore store = open(folder)) {
      store.append(List.of(event(1, 1), event(2, 30)));
    }
    try (DuckDbEventStore store = open(folder, later)) {
      assertThat(count(store)).as("gone before it is dropped").isEqualTo(1);
    }
    try (DuckDbEventStore store = open(folder)) {
      store.expire(today);
      assertThat(count(store)).isEqualTo(2);
      store.expire(today + 2);
      assertThat(count(store)).isEqualTo(1);
      store.expire(today + 31);
      assertThat(count(store)).isZero();
      assertThat(store.staleMinutes(10)).isEmpty();
    }
  }

  @Test
  void aQueryThatTakesTooLongSaysNothingAboutTheStore() {
    Path folder = new DuckDbStand().folder();
    try (DuckDbEventStore store = open(folder, Clock.systemUTC(), Duration.ofNanos(1))) {
      // So many that to read them takes longer than to wake the thread that keeps the limit.
      store.append(IntStream.range(0, MANY).mapToObj(i -> event(i, 90)).toList());
      // More than a circuit breaker would stand.
      for (int i = 0; i < 200; i++) {
        assertThatThrownBy(() -> count(store))
            .isInstanceOfSatisfying(
                PrismException.class,
                failure -> assertThat(failure.reason()).isEqualTo(CallReason.DEADLINE_EXCEEDED));
      }
      store.append(List.of(event(MANY, 90)));
    }
    try (DuckDbEventStore again = open(folder)) {
      assertThat(count(again)).isEqualTo(MANY + 1);
    }
  }
}
