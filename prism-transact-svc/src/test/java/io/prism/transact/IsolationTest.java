package io.prism.transact;

import static io.prism.starter.testing.Failures.detail;
import static io.prism.starter.testing.Failures.failsWith;
import static io.prism.transact.testing.Client.insert;
import static io.prism.transact.testing.Client.message;
import static io.prism.transact.testing.Client.request;
import static io.prism.transact.testing.Client.update;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.rpc.RetryInfo;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.prism.starter.testing.Await;
import io.prism.transact.domain.TransactReason;
import io.prism.transact.testing.Client;
import io.prism.transact.testing.TestTransaction;
import io.prism.transact.testing.TransactFixture;
import io.prism.transact.v1.TransactionOptions;
import io.prism.transact.v1.TransactionOptions.IsolationLevel;
import io.prism.transact.v1.WriteRequest;
import io.prism.transact.v1.WriteResponse;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class IsolationTest {

  /** Two doctors may both go off call only if nobody looks at the other: a write skew. */
  private static final String[] DOCTORS = {
    "create table doctors (name text primary key, on_call boolean not null)",
    "insert into doctors values ('ann', true), ('bob', true)",
    """
    create function someone_stays() returns trigger language plpgsql as $$ begin
      if not new.on_call and (select count(*) from doctors where on_call) < 2 then
        raise exception 'nobody left';
      end if;
      return new;
    end $$
    """,
    "create trigger stays before update on doctors for each row execute function someone_stays()"
  };

  private final TransactFixture service = TransactFixture.shared();
  private final Client client = service.clientWith(DOCTORS);

  private List<String> onCall() {
    return service.query(client.namespace(), "select name from doctors where on_call");
  }

  @Test
  void aWriteSkewIsRefusedAtSerializableWhichIsTheDefault() {
    try (TestTransaction one = TestTransaction.begin(client);
        TestTransaction other = TestTransaction.begin(client)) {
      one.write(update("doctors", "name", "ann", "on_call", false));
      other.write(update("doctors", "name", "bob", "on_call", false));
      one.commit();
      other.sendCommit();
      assertThat(other.error()).isEqualTo("SERIALIZATION_FAILURE");
      StatusRuntimeException failure = other.failure();
      assertThat(failure.getStatus().getCode()).isEqualTo(Code.ABORTED);
      assertThat(detail(failure, RetryInfo.class)).isPresent();
    }
    assertThat(onCall()).containsExactly("bob");
    service.awaitNothingLeft();
  }

  @Test
  void aWriteSkewIsSeenAtRepeatableRead() {
    try (TestTransaction one =
            TestTransaction.begin(client, IsolationLevel.ISOLATION_LEVEL_REPEATABLE_READ);
        TestTransaction other =
            TestTransaction.begin(client, IsolationLevel.ISOLATION_LEVEL_REPEATABLE_READ)) {
      one.write(update("doctors", "name", "ann", "on_call", false));
      other.write(update("doctors", "name", "bob", "on_call", false));
      one.commit();
      other.commit();
    }
    assertThat(onCall()).isEmpty();
  }

  @Test
  void aLostUpdateIsRefusedAtRepeatableReadAndNotAtReadCommitted() {
    service.define(
        client.namespace(),
        "create table counters (id int primary key, n int)",
        "insert into counters values (1, 0)");
    try (TestTransaction one =
        TestTransaction.begin(client, IsolationLevel.ISOLATION_LEVEL_REPEATABLE_READ)) {
      client.write(update("counters", "id", 1, "n", 1));
      one.sendWrite(update("counters", "id", 1, "n", 2));
      assertThat(one.error()).isEqualTo("SERIALIZATION_FAILURE");
    }
    try (TestTransaction one =
        TestTransaction.begin(client, IsolationLevel.ISOLATION_LEVEL_READ_COMMITTED)) {
      client.write(update("counters", "id", 1, "n", 1));
      one.write(update("counters", "id", 1, "n", 2));
      one.commit();
    }
    assertThat(service.query(client.namespace(), "select n from counters")).containsExactly("2");
  }

  @Test
  void writesThatMeetAreTriedAgainUntilAllAreDone() throws Exception {
    service.define(
        client.namespace(),
        "create table tally (id int primary key, n int, version int not null default 0)",
        "insert into tally values (1, 0, 0)");
    double before = service.meters().counter("prism.transact.retries").count();
    int writers = 30;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<WriteResponse>> writes =
          IntStream.range(0, writers)
              .mapToObj(n -> threads.submit(() -> client.write(update("tally", "id", 1, "n", n))))
              .toList();
      for (Future<WriteResponse> write : writes) {
        assertThat(write.get().getDataResult().getRowsAffected()).isOne();
      }
    }
    assertThat(service.query(client.namespace(), "select version from tally"))
        .containsExactly(Integer.toString(writers));
    assertThat(service.meters().counter("prism.transact.retries").count()).isGreaterThan(before);
  }

  @Test
  void aWriteThatMeetsAnotherOneForEverIsAbortedWithRetryInfo() {
    try (TransactFixture impatient = TransactFixture.start("prism.transact.retry.max-attempts=1")) {
      Client one =
          impatient.clientWith(
              "create table tally (id int primary key, n int)", "insert into tally values (1, 0)");
      try (TestTransaction first = TestTransaction.begin(one)) {
        first.write(update("tally", "id", 1, "n", 1));
        ListenableFuture<WriteResponse> second =
            one.future().write(request(update("tally", "id", 1, "n", 2)));
        Await.until("the second write waits for the row", () -> impatient.waiting() == 1);
        first.commit();
        StatusRuntimeException failure =
            failsWith(TransactReason.SERIALIZATION_FAILURE, () -> get(second));
        assertThat(detail(failure, RetryInfo.class)).isPresent();
      }
    }
  }

  @Test
  void aDeadlockOfTwoTransactionsOverTwoMailboxesIsFoundAndOneOfThemToldSo() {
    try (TestTransaction one = TestTransaction.begin(client);
        TestTransaction other = TestTransaction.begin(client)) {
      one.write(message("a", "1"));
      other.write(message("b", "1"));
      one.sendWrite(message("b", "2"));
      Await.until("one waits for the other", () -> service.waiting() == 1);
      other.sendWrite(message("a", "2"));
      var first =
          Await.value(
                  "an answer",
                  () -> one.nextIfAny().or(other::nextIfAny),
                  java.util.Optional::isPresent)
              .orElseThrow();
      var second =
          Await.value(
                  "another answer",
                  () -> one.nextIfAny().or(other::nextIfAny),
                  java.util.Optional::isPresent)
              .orElseThrow();
      assertThat(List.of(first.hasError(), second.hasError()))
          .containsExactlyInAnyOrder(true, false);
      assertThat((first.hasError() ? first : second).getError().getCode()).isEqualTo("DEADLOCK");
    }
    service.awaitNothingLeft();
    assertThat(client.read("a", 0)).isEmpty();
  }

  @Test
  void theTimeoutBoundsTheWaitForARowAndLeavesNothingLocked() throws Exception {
    try (Connection blocker = service.connection();
        Statement statement = blocker.createStatement()) {
      blocker.setAutoCommit(false);
      String schema = "\"ns_" + client.namespace().replace('-', '_') + "\"";
      statement.execute("set search_path to " + schema);
      statement.execute("update doctors set on_call = on_call");
      long begin = System.nanoTime();
      failsWith(
          TransactReason.TRANSACTION_TIMEOUT,
          () ->
              client.write(
                  request(update("doctors", "name", "ann", "on_call", true)).toBuilder()
                      .setMailbox(message("box", "x"))
                      .setOptions(TransactionOptions.newBuilder().setTimeoutMs(300))
                      .build()));
      assertThat(Duration.ofNanos(System.nanoTime() - begin))
          .isBetween(Duration.ofMillis(290), Duration.ofSeconds(5));
      service.awaitNothingLeft();
      blocker.rollback();
    }
    assertThat(client.read("box", 0)).isEmpty();
  }

  @Test
  void theTimeoutBoundsTheWaitForAMailbox() {
    try (TestTransaction holder = TestTransaction.begin(client)) {
      holder.write(message("box", "held"));
      failsWith(
          TransactReason.TRANSACTION_TIMEOUT,
          () ->
              client.write(
                  WriteRequest.newBuilder()
                      .setMailbox(message("box", "x"))
                      .setOptions(TransactionOptions.newBuilder().setTimeoutMs(300))
                      .build()));
      holder.commit();
    }
    assertThat(client.sequences("box", 0)).containsExactly(1L);
    service.awaitNothingLeft();
  }

  @Test
  void aClientThatGoesAwayEndsItsWriteThatWaits() throws Exception {
    try (TestTransaction holder = TestTransaction.begin(client)) {
      holder.write(message("box", "held"));
      ListenableFuture<WriteResponse> waiting =
          client.future().write(WriteRequest.newBuilder().setMailbox(message("box", "x")).build());
      Await.until("it waits", () -> service.waiting() == 1);
      waiting.cancel(true);
      Await.until("it waits no more", () -> service.waiting() == 0);
      holder.commit();
    }
    assertThat(client.sequences("box", 0)).containsExactly(1L);
    service.awaitNothingLeft();
  }

  static <T> T get(ListenableFuture<T> future) throws Throwable {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw e.getCause();
    }
  }

  @Test
  void insertsOfTheSameRowAtOnceGiveOneRowAndViolations() throws Exception {
    service.define(client.namespace(), "create table names (name text primary key)");
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<String>> results =
          IntStream.range(0, 10)
              .mapToObj(
                  n ->
                      threads.submit(
                          () -> {
                            try {
                              client.write(insert("names", "name", "ann"));
                              return "OK";
                            } catch (StatusRuntimeException e) {
                              return io.prism.starter.testing.Failures.reasonOf(e);
                            }
                          }))
              .toList();
      List<String> outcomes = new java.util.ArrayList<>();
      for (Future<String> result : results) {
        outcomes.add(result.get());
      }
      assertThat(outcomes).containsOnlyOnce("OK");
      assertThat(outcomes).containsOnly("OK", "UNIQUE_VIOLATION");
    }
  }
}
