package io.prism.transact;

import static io.prism.starter.testing.Failures.detail;
import static io.prism.starter.testing.Failures.failsWith;
import static io.prism.transact.testing.Client.delete;
import static io.prism.transact.testing.Client.insert;
import static io.prism.transact.testing.Client.message;
import static io.prism.transact.testing.Client.request;
import static io.prism.transact.testing.Client.update;
import static io.prism.transact.testing.Client.upsert;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.RetryInfo;
import io.prism.starter.error.CallReason;
import io.prism.transact.domain.TransactReason;
import io.prism.transact.testing.Client;
import io.prism.transact.testing.TestTransaction;
import io.prism.transact.testing.TransactFixture;
import io.prism.transact.v1.DataWrite;
import io.prism.transact.v1.TransactionOptions.IsolationLevel;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class VersionTest {

  private final TransactFixture service = TransactFixture.shared();
  private final Client client =
      service.clientWith(
          "create table plain (id int primary key, note text)",
          "insert into plain values (1, 'a')",
          "create table counted (id int primary key, note text, version int not null default 1)",
          "insert into counted values (1, 'a')");

  /** As Reader reports it. */
  private String version(String table) {
    return service
        .query(
            client.namespace(),
            "select "
                + (table.equals("plain") ? "xmin" : "version")
                + " from "
                + table
                + " where id = 1")
        .getFirst();
  }

  private long write(DataWrite.Builder write) {
    return client.write(write).getDataResult().getRowsAffected();
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "counted"})
  void aChangeWithTheVersionThatWasReadIsDoneAndOneWithAnOlderVersionIsNot(String table) {
    String read = version(table);
    assertThat(write(update(table, "id", 1, "note", "b").setExpectedVersion(read))).isOne();
    assertThat(version(table)).isNotEqualTo(read);
    for (DataWrite.Builder late :
        List.of(
            update(table, "id", 1, "note", "c"),
            upsert(table, "id", 1, "note", "c"),
            delete(table, "id", 1))) {
      var failure =
          failsWith(
              TransactReason.VERSION_MISMATCH, () -> client.write(late.setExpectedVersion(read)));
      assertThat(detail(failure, RetryInfo.class)).isEmpty();
    }
    assertThat(service.query(client.namespace(), "select note from " + table)).containsExactly("b");
    assertThat(write(upsert(table, "id", 1, "note", "d").setExpectedVersion(version(table))))
        .isOne();
    assertThat(write(delete(table, "id", 1).setExpectedVersion(version(table)))).isOne();
  }

  @Test
  void aRowThatIsGoneIsRowsAffectedZeroButAnUpsertDoesNotBringItBack() {
    assertThat(write(update("plain", "id", 9, "note", "b").setExpectedVersion("5"))).isZero();
    assertThat(write(delete("plain", "id", 9).setExpectedVersion("5"))).isZero();
    failsWith(
        TransactReason.VERSION_MISMATCH,
        () -> client.write(upsert("plain", "id", 9, "note", "b").setExpectedVersion("5")));
  }

  @Test
  void aMismatchLeavesNoMessage() {
    for (IsolationLevel isolation :
        List.of(
            IsolationLevel.ISOLATION_LEVEL_READ_COMMITTED,
            IsolationLevel.ISOLATION_LEVEL_SERIALIZABLE)) {
      failsWith(
          TransactReason.VERSION_MISMATCH,
          () ->
              client.write(
                  request(
                          update("counted", "id", 1, "note", "b").setExpectedVersion("7"),
                          isolation)
                      .toBuilder()
                      .setMailbox(message("box", "m"))
                      .build()));
    }
    assertThat(client.read("box", 0)).isEmpty();
  }

  @Test
  void eachChangeByAClientThatSendsNoVersionRaisesIt() {
    write(update("counted", "id", 1, "note", "b"));
    write(upsert("counted", "id", 1, "note", "c"));
    assertThat(version("counted")).isEqualTo("3");
    write(insert("counted", "id", 2, "note", "new"));
    assertThat(service.query(client.namespace(), "select version from counted where id = 2"))
        .containsExactly("1");
  }

  @Test
  void theNewVersionIsAmongTheGeneratedValues() {
    assertThat(
            client
                .write(update("counted", "id", 1, "note", "b"))
                .getDataResult()
                .getGeneratedValuesOrThrow("version")
                .getNumberValue())
        .isEqualTo(2);
  }

  @Test
  void aClientThatSendsAVersionDecidesItItself() {
    write(update("counted", "id", 1, "note", "b", "version", 42).setExpectedVersion("1"));
    assertThat(version("counted")).isEqualTo("42");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "smallint",
        "bigint",
        "numeric",
        "uuid default gen_random_uuid()",
        "timestamptz default now()"
      })
  void versionsOfOtherTypesChangeToo(String type) {
    service.define(
        client.namespace(),
        "create table other (id int primary key, note text, version " + type + ")",
        "insert into other (id) values (1)");
    String before = version("other");
    write(update("other", "id", 1, "note", "b"));
    String after = version("other");
    assertThat(after).isNotEqualTo(before).isNotEqualTo("null");
    write(upsert("other", "id", 1, "note", "c"));
    assertThat(version("other")).isNotEqualTo(after);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "text default 'v1'",
        "timestamptz default now()",
        "timestamp default now()",
        "json default '1'",
        "uuid default gen_random_uuid()",
        "double precision default 0.1"
      })
  void aVersionOfAnyTypeCanBeExpectedAsReaderReportsIt(String type) {
    service.define(
        client.namespace(),
        "create table other (id int primary key, note text, version " + type + ")",
        "insert into other (id) values (1)");
    String read =
        service.query(client.namespace(), "select cast(version as text) from other").getFirst();
    assertThat(write(update("other", "id", 1, "note", "b").setExpectedVersion(read))).isOne();
    service.define(client.namespace(), "update other set version = null");
    failsWith(
        TransactReason.VERSION_MISMATCH,
        () -> client.write(update("other", "id", 1, "note", "c").setExpectedVersion(read)));
  }

  @Test
  void aVersionThatIsNoneOfTheColumnsTypeIsRefused() {
    failsWith(
        CallReason.INVALID_ARGUMENT,
        () -> client.write(update("counted", "id", 1, "note", "b").setExpectedVersion("1 or 1=1")));
    failsWith(
        TransactReason.VERSION_MISMATCH,
        () -> client.write(update("plain", "id", 1, "note", "b").setExpectedVersion("0 or 1=1")));
  }

  @Test
  void ofManyWhoExpectTheSameVersionOneWins() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<String>> writes =
          IntStream.range(0, 10)
              .mapToObj(
                  n ->
                      threads.submit(
                          () -> {
                            try {
                              write(
                                  update("counted", "id", 1, "note", "n" + n)
                                      .setExpectedVersion("1"));
                              return "won";
                            } catch (io.grpc.StatusRuntimeException e) {
                              return io.prism.starter.testing.Failures.reasonOf(e);
                            }
                          }))
              .toList();
      List<String> outcomes = new java.util.ArrayList<>();
      for (Future<String> write : writes) {
        outcomes.add(write.get());
      }
      assertThat(outcomes).containsOnlyOnce("won").containsOnly("won", "VERSION_MISMATCH");
    }
    assertThat(version("counted")).isEqualTo("2");
  }

  @Test
  void aMismatchFailsATransaction() {
    try (TestTransaction transaction = TestTransaction.begin(client)) {
      transaction.write(update("counted", "id", 1, "note", "b").setExpectedVersion("1"));
      transaction.sendWrite(update("counted", "id", 1, "note", "c").setExpectedVersion("1"));
      assertThat(transaction.error()).isEqualTo("VERSION_MISMATCH");
      transaction.rollback();
    }
    assertThat(version("counted")).isEqualTo("1");
  }
}
