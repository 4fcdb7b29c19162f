package io.prism.reader;

import static io.prism.reader.testing.Requests.pages;
import static io.prism.reader.testing.Requests.read;
import static io.prism.starter.testing.Failures.detail;
import static io.prism.starter.testing.Failures.failsWith;
import static io.prism.starter.testing.Failures.failureOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.rpc.RetryInfo;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.micrometer.core.instrument.MeterRegistry;
import io.prism.reader.testing.ReaderFixture;
import io.prism.reader.testing.ReaderFixture.Namespace;
import io.prism.reader.testing.SlowClient;
import io.prism.reader.v1.CountRequest;
import io.prism.reader.v1.CountResponse;
import io.prism.reader.v1.GetRequest;
import io.prism.reader.v1.GetResponse;
import io.prism.reader.v1.Page;
import io.prism.reader.v1.QueryRequest;
import io.prism.reader.v1.ReadRequest;
import io.prism.reader.v1.ReaderServiceGrpc;
import io.prism.reader.v1.ReaderServiceGrpc.ReaderServiceBlockingStub;
import io.prism.reader.v1.Row;
import io.prism.starter.error.CallReason;
import io.prism.starter.testing.Await;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** One connection to PostgreSQL for everybody: who holds it, for how long, and who waits. */
final class LimitsTest {

  private static final ReaderFixture service =
      new ReaderFixture(
          "spring.datasource.hikari.maximum-pool-size=1",
          "spring.datasource.hikari.minimum-idle=1",
          "spring.datasource.hikari.connection-timeout=500",
          "prism.reader.time-limit=1500ms");
  private static final Namespace namespace = service.namespace();
  private static final ReaderServiceBlockingStub reader = namespace.reader();

  static {
    namespace.execute(
        "create table big (id int primary key, body text not null)",
        "insert into big select n, repeat('x', 1000) from generate_series(1, 20000) n",
        "create table few as select id from big limit 20",
        "create view slow as select 1 as a, pg_sleep(30)::text as b",
        "create view slowish as select 1 as a, pg_sleep(1)::text as b");
  }

  @AfterAll
  static void stop() {
    service.close();
  }

  private static void getWorks() {
    assertThat(
            reader
                .withDeadlineAfter(5, TimeUnit.SECONDS)
                .get(GetRequest.newBuilder().setCollection("big").setId("1").build())
                .getFound())
        .isTrue();
  }

  private static CountRequest count(String collection) {
    return CountRequest.newBuilder().setCollection(collection).build();
  }

  private static boolean isRunning(String view) {
    return !namespace
        .select(
            "select pid from pg_stat_activity where state = 'active'"
                + " and application_name = 'prism-reader-svc' and query like '%\""
                + view
                + "\"%'")
        .isEmpty();
  }

  @Test
  void aQueryWhoseClientIsSlowHoldsNoConnection() {
    SlowClient<QueryRequest, Row> slow =
        SlowClient.start(
            namespace.async()::query, QueryRequest.newBuilder().setCollection("big").build());
    assertThat(slow.take(1)).hasSize(1);
    for (int i = 0; i < 20; i++) {
      getWorks();
    }
    assertThat(slow.takeAll()).hasSize(20_000).doesNotHaveDuplicates();
    assertThat(slow.hasFailed()).isFalse();
  }

  @Test
  void aReadWhoseClientIsSlowHoldsNoConnection() {
    SlowClient<ReadRequest, Page> slow =
        SlowClient.start(namespace.async()::read, read("big").setPageSize(500).build());
    assertThat(slow.take(1)).hasSize(1);
    for (int i = 0; i < 20; i++) {
      getWorks();
    }
    assertThat(slow.takeAll()).hasSize(40);
    assertThat(slow.hasFailed()).isFalse();
  }

  @Test
  void aClientThatTakesNothingMoreIsReadForNoFurtherThanTheTransportTakes() {
    double before = pagesRead();
    SlowClient<ReadRequest, Page> slow =
        SlowClient.start(namespace.async()::read, read("big").setPageSize(500).build());
    slow.take(1);
    for (int i = 0; i < 50; i++) {
      getWorks();
    }
    assertThat(pagesRead() - before).as("of 40 pages of half a megabyte").isBetween(1.0, 10.0);
    slow.cancel();
  }

  private static double pagesRead() {
    return service.context().getBean(MeterRegistry.class).counter("prism.reader.pages").count();
  }

  @Test
  void aStatementThatTakesLongerThanTheTimeLimitIsCancelled() {
    long begin = System.nanoTime();
    failsWith(CallReason.DEADLINE_EXCEEDED, () -> reader.count(count("slow")));
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(4));
    Await.until("the statement has ended", () -> !isRunning("slow"));
    getWorks();
  }

  @Test
  void theDeadlineOfTheCallCancelsItsStatement() {
    StatusRuntimeException failure =
        failureOf(() -> reader.withDeadlineAfter(300, TimeUnit.MILLISECONDS).count(count("slow")));
    assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    Await.until("the statement has ended", Duration.ofMillis(900), () -> !isRunning("slow"));
    getWorks();
  }

  @Test
  void aClientThatCancelsCancelsItsStatement() {
    SlowClient<ReadRequest, Page> client =
        SlowClient.start(namespace.async()::read, read("slow").build());
    Await.until("the statement runs", () -> isRunning("slow"));
    client.cancel();
    Await.until("the stream has ended", () -> service.server().liveStreams().size() == 0);
    Await.until("the statement has ended", Duration.ofMillis(900), () -> !isRunning("slow"));
    getWorks();
  }

  @Test
  void whoFindsNoFreeConnectionIsToldSoInBoundedTime() throws Exception {
    ListenableFuture<CountResponse> holding =
        ReaderServiceGrpc.newFutureStub(namespace.channel())
            .withDeadlineAfter(10, TimeUnit.SECONDS)
            .count(count("slowish"));
    Await.until("the connection is taken", () -> isRunning("slowish"));
    long begin = System.nanoTime();
    StatusRuntimeException failure =
        failsWith(
            CallReason.OVERLOADED,
            () -> reader.get(GetRequest.newBuilder().setCollection("big").setId("1").build()));
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(2));
    assertThat(detail(failure, RetryInfo.class)).isPresent();
    assertThat(holding.get(10, TimeUnit.SECONDS).getCount()).isEqualTo(1);
    getWorks();
  }

  @Test
  void getsThatWaitForEachOtherEndInBoundedTime() throws Exception {
    namespace.execute("create table kept (id int primary key)");
    try (Connection keeper = service.connect();
        Statement statement = keeper.createStatement()) {
      statement.execute("begin; lock table ns_" + namespace.name() + ".kept");
      var futures = ReaderServiceGrpc.newFutureStub(namespace.channel());
      long begin = System.nanoTime();
      List<ListenableFuture<GetResponse>> calls =
          Stream.generate(
                  () ->
                      futures.get(GetRequest.newBuilder().setCollection("kept").setId("1").build()))
              .limit(20)
              .toList();
      for (ListenableFuture<GetResponse> call : calls) {
        assertThatThrownBy(() -> call.get(10, TimeUnit.SECONDS))
            .hasCauseInstanceOf(StatusRuntimeException.class);
      }
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(6));
    }
    getWorks();
  }

  @Test
  void manyCallsAtOnceShareTheOneConnection() throws Exception {
    var futures = ReaderServiceGrpc.newFutureStub(namespace.channel());
    List<ListenableFuture<CountResponse>> calls =
        Stream.generate(() -> futures.count(count("few"))).limit(20).toList();
    for (ListenableFuture<CountResponse> call : calls) {
      assertThat(call.get(10, TimeUnit.SECONDS).getCount()).isEqualTo(20);
    }
    assertThat(pages(reader.read(read("big").setPageSize(10_000).build()))).isNotEmpty();
  }
}
