package io.prism.transact;

import static io.prism.starter.testing.Failures.detail;
import static io.prism.starter.testing.Failures.failsWith;
import static io.prism.starter.testing.Failures.reasonOf;
import static io.prism.transact.testing.Client.delete;
import static io.prism.transact.testing.Client.insert;
import static io.prism.transact.testing.Client.key;
import static io.prism.transact.testing.Client.message;
import static io.prism.transact.testing.Client.request;
import static io.prism.transact.testing.Client.update;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.RetryInfo;
import io.grpc.StatusRuntimeException;
import io.prism.redis.testing.RedisFixture;
import io.prism.starter.error.CallReason;
import io.prism.starter.observe.BackendProbe;
import io.prism.starter.testing.Await;
import io.prism.starter.testing.PostgresFixture.Database;
import io.prism.transact.domain.TransactReason;
import io.prism.transact.testing.Client;
import io.prism.transact.testing.CopiedRows;
import io.prism.transact.testing.CuttingProxy;
import io.prism.transact.testing.CuttingProxy.Cut;
import io.prism.transact.testing.PostgresProcess;
import io.prism.transact.testing.TestTransaction;
import io.prism.transact.testing.TransactFixture;
import io.prism.transact.v1.TransactionOptions;
import io.prism.transact.v1.WriteRequest;
import io.prism.transact.v1.WriteResponse;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class OutageTest {

  /** How long after its last use a pool takes a connection to be alive without asking. */
  private static final String TRUST_MILLIS = "com.zaxxer.hikari.aliveBypassWindowMs";

  private PostgresProcess postgres;
  private CuttingProxy proxy;
  private TransactFixture service;
  private Client client;

  @BeforeAll
  void start() {
    postgres = new PostgresProcess();
    proxy = new CuttingProxy(postgres.port());
    Database direct = postgres.database();
    // What one test breaks must not be handed out to the next.
    System.setProperty(TRUST_MILLIS, "0");
    service =
        TransactFixture.on(
            new Database(
                direct.name(),
                direct.url().replace(":" + postgres.port() + "/", ":" + proxy.port() + "/"),
                direct.username(),
                direct.password()),
            // What a call meets by itself is tested here, not what the circuit spares it.
            "prism.backend.window=1000",
            "spring.data.redis.url=" + RedisFixture.url(),
            "spring.datasource.hikari.connection-timeout=1000",
            // So that a commit can be told on the wire.
            "spring.datasource.hikari.data-source-properties.prepareThreshold=0");
    System.clearProperty(TRUST_MILLIS);
    client = service.clientWith("create table items (id int primary key)");
  }

  @AfterAll
  void stop() {
    service.close();
    proxy.close();
    postgres.close();
  }

  @AfterEach
  void works() {
    proxy.up();
    proxy.silent(false);
    proxy.cutNext(Cut.NONE);
    Await.until("the service works again", Duration.ofSeconds(30), () -> isWritten("after", null));
    Await.until("connections are back", () -> service.activeConnections() == 0);
  }

  private boolean isWritten(String text, @Nullable TransactionOptions options) {
    try {
      WriteRequest.Builder request = WriteRequest.newBuilder().setMailbox(message("box", text));
      if (options != null) {
        request.setOptions(options);
      }
      client.write(request.build());
      return true;
    } catch (StatusRuntimeException e) {
      assertThat(reasonOf(e))
          .isIn("BACKEND_UNAVAILABLE", "COMMIT_OUTCOME_UNKNOWN", "TRANSACTION_TIMEOUT");
      return false;
    }
  }

  /** Without the word by which the proxy tells a commit. */
  private static String nameOf(Cut cut) {
    return cut == Cut.BEFORE_COMMIT ? "before" : "after it";
  }

  private long count(String text) {
    return client.read("box", 0).stream()
        .filter(read -> read.getMessage().toStringUtf8().equals(text))
        .count();
  }

  @Test
  void postgresqlThatStopsInTheMiddleOfATransactionIsUnavailableAndComesBack() throws Exception {
    BackendProbe probe = service.context().getBean("postgresqlProbe", BackendProbe.class);
    probe.check();
    try (TestTransaction transaction = TestTransaction.begin(client);
        TestTransaction idle = TestTransaction.begin(client)) {
      transaction.write(insert("items", "id", 1));
      postgres.stop();
      long begin = System.nanoTime();
      transaction.sendWrite(insert("items", "id", 2));
      failsWith(
          CallReason.BACKEND_UNAVAILABLE,
          () -> {
            throw transaction.failure();
          });
      idle.sendCommit();
      assertThat(idle.error()).isEqualTo("COMMIT_OUTCOME_UNKNOWN");
      assertThat(isWritten("away", null)).isFalse();
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(8));
      Await.until("health says so", () -> fails(probe));
    } finally {
      postgres.start();
    }
    Await.until("it is back", Duration.ofSeconds(20), () -> isWritten("back", null));
    probe.check();
    assertThat(service.query(client.namespace(), "select * from items where id in (1, 2)"))
        .isEmpty();
  }

  private static boolean fails(BackendProbe probe) {
    try {
      probe.check();
      return false;
    } catch (Exception e) {
      return true;
    }
  }

  @Test
  void aConnectionThatBreaksDuringTheCommitLeavesTheOutcomeOpenAndTheClientIsToldSo() {
    for (Cut cut : List.of(Cut.BEFORE_COMMIT, Cut.AFTER_COMMIT)) {
      proxy.cutNext(cut);
      StatusRuntimeException failure =
          failsWith(
              TransactReason.COMMIT_OUTCOME_UNKNOWN,
              () ->
                  client.write(
                      WriteRequest.newBuilder().setMailbox(message("box", nameOf(cut))).build()));
      // No hint to repeat it: that could write it twice.
      assertThat(detail(failure, RetryInfo.class)).isEmpty();
    }
    assertThat(count("before")).isZero();
    assertThat(count("after it")).isOne();
  }

  @Test
  void whatMayHaveBeenWrittenHasNoCopies() {
    CopiedRows copies = new CopiedRows(service, client.namespace());
    service.define(
        client.namespace(),
        "create table users (id int primary key, email text)",
        "insert into users values (1, 'a'), (2, 'b'), (3, 'c')");
    copies.make("users", "1", "2", "3");
    proxy.cutNext(Cut.AFTER_COMMIT);
    failsWith(
        TransactReason.COMMIT_OUTCOME_UNKNOWN,
        () -> client.write(update("users", "id", 1, "email", "x")));
    assertThat(copies.left("users", "1", "2", "3")).containsExactly("2", "3");
    try (TestTransaction transaction = TestTransaction.begin(client)) {
      transaction.write(update("users", "id", 2, "email", "y"));
      proxy.cutNext(Cut.AFTER_COMMIT);
      transaction.sendCommit();
      assertThat(transaction.error()).isEqualTo("COMMIT_OUTCOME_UNKNOWN");
    }
    assertThat(copies.left("users", "2", "3")).containsExactly("3");
    // Nobody knows whose email it was.
    proxy.cutNext(Cut.AFTER_COMMIT);
    failsWith(
        TransactReason.COMMIT_OUTCOME_UNKNOWN,
        () -> client.write(delete("users", "email", "c").setIdField("email")));
    assertThat(copies.left("users", "3")).isEmpty();
  }

  @Test
  void withAnIdempotencyKeyTheServiceSettlesItByItself() {
    for (Cut cut : List.of(Cut.BEFORE_COMMIT, Cut.AFTER_COMMIT)) {
      String text = "settled " + nameOf(cut);
      WriteRequest request =
          request(insert("items", "id", cut == Cut.BEFORE_COMMIT ? 10 : 11)).toBuilder()
              .setMailbox(message("box", text))
              .setOptions(key(text))
              .build();
      proxy.cutNext(cut);
      WriteResponse response = client.write(request);
      assertThat(response.getDataResult().getRowsAffected()).isOne();
      assertThat(client.write(request)).isEqualTo(response);
      assertThat(count(text)).isOne();
    }
  }

  @Test
  void aRepeatWithItsKeySettlesWhatAnOutageLeftOpen() {
    WriteRequest request =
        WriteRequest.newBuilder()
            .setMailbox(message("box", "open"))
            .setOptions(key("open").setTimeoutMs(1_500))
            .build();
    proxy.cutNext(Cut.AFTER_COMMIT_FOR_LONG);
    StatusRuntimeException failure =
        failsWith(TransactReason.COMMIT_OUTCOME_UNKNOWN, () -> client.write(request));
    assertThat(detail(failure, RetryInfo.class)).isPresent();
    proxy.up();
    Await.until(
        "the repeat is answered",
        Duration.ofSeconds(20),
        () -> isWritten("open", request.getOptions()));
    assertThat(count("open")).isOne();
  }

  @Test
  void aCommitOfAStreamWhoseConnectionBreaksIsOpenToo() {
    try (TestTransaction transaction = TestTransaction.begin(client)) {
      transaction.write(message("box", "streamed"));
      proxy.cutNext(Cut.AFTER_COMMIT);
      transaction.sendCommit();
      assertThat(transaction.error()).isEqualTo("COMMIT_OUTCOME_UNKNOWN");
      failsWith(
          TransactReason.COMMIT_OUTCOME_UNKNOWN,
          () -> {
            throw transaction.failure();
          });
    }
    assertThat(count("streamed")).isOne();
  }

  @Test
  void aDatabaseThatDoesNotAnswerHoldsNoCallLongerThanItsTimeout() {
    try (TestTransaction transaction =
        TestTransaction.begin(client, TransactionOptions.newBuilder().setTimeoutMs(500).build())) {
      proxy.silent(true);
      long begin = System.nanoTime();
      transaction.sendWrite(insert("items", "id", 99));
      assertThat(reasonOf(transaction.failure()))
          .isIn("BACKEND_UNAVAILABLE", "TRANSACTION_TIMEOUT");
      assertThat(isWritten("silent", TransactionOptions.newBuilder().setTimeoutMs(500).build()))
          .isFalse();
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(10));
    }
  }
}
