package io.prism.reader;

import static io.prism.starter.testing.Failures.failureOf;
import static io.prism.starter.testing.Failures.reasonOf;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.util.Values;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.prism.reader.testing.ReaderFixture;
import io.prism.reader.testing.ReaderFixture.Namespace;
import io.prism.reader.v1.GetRequest;
import io.prism.reader.v1.GetResponse;
import io.prism.reader.v1.ReaderServiceGrpc;
import io.prism.reader.v1.ReaderServiceGrpc.ReaderServiceFutureStub;
import io.prism.starter.testing.Await;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Many Gets of one collection at once, which go to PostgreSQL together. */
final class GetTogetherTest {

  private static final ReaderFixture service = ReaderFixture.shared();
  private static final int CALLS = 100;
  private static final int STATEMENTS = 40;

  private final Namespace namespace = service.namespace();
  private final ManagedChannel channel = namespace.channel();
  private final ReaderServiceFutureStub reader =
      ReaderServiceGrpc.newFutureStub(channel).withDeadlineAfter(1, TimeUnit.MINUTES);

  private static GetRequest request(String collection, String id) {
    return GetRequest.newBuilder().setCollection(collection).setId(id).build();
  }

  private static long statements() {
    return service
        .context()
        .getBean(MeterRegistry.class)
        .find("prism.backend.calls")
        .tag("operation", "get")
        .timers()
        .stream()
        .mapToLong(Timer::count)
        .sum();
  }

  /** Keeps everyone from a table, until it is closed. */
  private Connection locked(String table) throws Exception {
    Connection connection = service.connect();
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      statement.execute("lock table ns_" + namespace.name() + "." + table);
    }
    return connection;
  }

  /** Two statements wait for the table, as many as there are at a time, and block the rest. */
  private void fill(String table, String id) {
    for (int i = 1; i <= 2; i++) {
      int count = i;
      var _ = reader.get(request(table, id));
      Await.until(
          count + " statements wait",
          () ->
              namespace
                      .select(
                          "select pid from pg_stat_activity where wait_event_type = 'Lock'"
                              + " and query like '%ns_"
                              + namespace.name()
                              + "\".\""
                              + table
                              + "\"%'")
                      .size()
                  == count);
    }
  }

  /** Whatever was called before on this channel has reached the service. */
  private void settle() throws Exception {
    namespace.execute("create table if not exists free (id int primary key)");
    for (int i = 0; i < 5; i++) {
      assertThat(reader.get(request("free", "1")).get().getFound()).isFalse();
    }
  }

  @Test
  void eachGetsItsOwnRow() throws Exception {
    namespace.execute(
        "create table users (id bigint primary key, name text)",
        "insert into users select n, 'user ' || n from generate_series(1, 60) n");
    Map<Integer, ListenableFuture<GetResponse>> calls = new LinkedHashMap<>();
    ListenableFuture<GetResponse> twice;
    long before;
    try (Connection _ = locked("users")) {
      fill("users", "1");
      before = statements();
      for (int id = 1; id <= CALLS; id++) {
        calls.put(id, reader.get(request("users", Integer.toString(id))));
      }
      twice = reader.get(request("users", "7"));
      settle();
    }
    for (var call : calls.entrySet()) {
      GetResponse answer = call.getValue().get();
      assertThat(answer.getFound()).isEqualTo(call.getKey() <= 60);
      assertThat(answer.getRow().getFieldsMap().getOrDefault("name", null))
          .isEqualTo(call.getKey() <= 60 ? Values.of("user " + call.getKey()) : null);
    }
    assertThat(twice.get().getRow()).isEqualTo(calls.getOrDefault(7, twice).get().getRow());
    assertThat(twice.get().getRow().getMetadata().getVersion()).isNotEmpty();
    assertThat(statements() - before).isLessThan(STATEMENTS);
  }

  @Test
  void whatPostgresqlRefusesOfOneHarmsNoOther() throws Exception {
    namespace.execute(
        "create table hosts (ip inet primary key, name text)",
        "insert into hosts select '10.0.0.0'::inet + n, 'host ' || n from generate_series(1, 9) n");
    Map<Integer, ListenableFuture<GetResponse>> calls = new LinkedHashMap<>();
    ListenableFuture<GetResponse> wrong;
    try (Connection _ = locked("hosts")) {
      fill("hosts", "10.0.0.1");
      for (int n = 1; n <= 4; n++) {
        calls.put(n, reader.get(request("hosts", "10.0.0." + n)));
      }
      wrong = reader.get(request("hosts", "10.0.0.999"));
      for (int n = 5; n <= 9; n++) {
        calls.put(n, reader.get(request("hosts", "10.0.0." + n)));
      }
      settle();
    }
    for (var call : calls.entrySet()) {
      assertThat(call.getValue().get().getRow().getFieldsOrThrow("name").getStringValue())
          .isEqualTo("host " + call.getKey());
    }
    assertThat(reasonOf(failureOf(() -> get(wrong)))).isEqualTo("INVALID_ARGUMENT");
  }

  @Test
  void whoGoesFirstTakesNobodyAlong() throws Exception {
    namespace.execute("create table items (id int primary key)", "insert into items values (1)");
    ListenableFuture<GetResponse> patient;
    try (Connection _ = locked("items")) {
      fill("items", "1");
      ListenableFuture<GetResponse> gone = reader.get(request("items", "1"));
      patient = reader.get(request("items", "1"));
      settle();
      gone.cancel(true);
      long begin = System.nanoTime();
      ListenableFuture<GetResponse> hurried =
          reader.withDeadlineAfter(200, TimeUnit.MILLISECONDS).get(request("items", "1"));
      assertThat(failureOf(() -> get(hurried)).getStatus().getCode())
          .isEqualTo(Status.Code.DEADLINE_EXCEEDED);
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(2));
      assertThat(patient.isDone()).isFalse();
    }
    assertThat(patient.get().getFound()).isTrue();
  }

  private static GetResponse get(ListenableFuture<GetResponse> call) throws Throwable {
    try {
      return call.get();
    } catch (ExecutionException e) {
      throw e.getCause();
    }
  }
}
