package io.prism.transact;

import static io.prism.starter.testing.Failures.failsWith;
import static io.prism.transact.testing.Client.insert;
import static io.prism.transact.testing.Client.message;
import static io.prism.transact.testing.Client.request;
import static io.prism.transact.testing.Client.update;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status.Code;
import io.prism.session.internal.v1.SessionCondition;
import io.prism.session.internal.v1.SessionState;
import io.prism.starter.call.DrainListener;
import io.prism.starter.error.CallReason;
import io.prism.starter.error.PrismException;
import io.prism.starter.error.Reason;
import io.prism.starter.testing.Await;
import io.prism.transact.domain.TransactReason;
import io.prism.transact.testing.Client;
import io.prism.transact.testing.TestTransaction;
import io.prism.transact.testing.TransactFixture;
import io.prism.transact.v1.BeginTransaction;
import io.prism.transact.v1.TransactRequest;
import io.prism.transact.v1.TransactResponse;
import io.prism.transact.v1.TransactionOptions;
import io.prism.transact.v1.WriteResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class TransactionTest {

  private static final String ITEMS =
      "create table items (id int primary key, label text not null default 'x')";

  private final TransactFixture service = TransactFixture.shared();
  private final Client client = service.clientWith(ITEMS);

  @AfterEach
  void nothingIsLeft() {
    service.awaitNothingLeft();
  }

  private List<String> items() {
    return service.query(client.namespace(), "select id from items order by id");
  }

  private static void endsWith(Reason reason, TestTransaction transaction) {
    failsWith(
        reason,
        () -> {
          throw transaction.failure();
        });
  }

  @Test
  void writesAnswerOneByOneInOrderAndAreCommittedTogether() {
    try (TestTransaction transaction = TestTransaction.begin(client)) {
      for (int i = 1; i <= 20; i++) {
        transaction.sendWrite(
            request(insert("items", "id", i)).toBuilder().setMailbox(message("box", "m")).build());
      }
      for (long i = 1; i <= 20; i++) {
        WriteResponse response = transaction.next().getWriteResult();
        assertThat(response.getMailboxResult().getSequence()).isEqualTo(i);
        assertThat(response.getCommitted()).isFalse();
        assertThat(response.getDataResult().getGeneratedValuesMap()).containsOnlyKeys("label");
      }
      assertThat(items()).isEmpty();
      assertThat(client.read("box", 0)).isEmpty();
      assertThat(transaction.commit()).isEqualTo(20);
    }
    assertThat(items()).hasSize(20);
    assertThat(client.sequences("box", 0)).hasSize(20);
  }

  @Test
  void aRollbackWritesNothingAndAnswersTheReason() {
    try (TestTransaction transaction = TestTransaction.begin(client)) {
      transaction.write(insert("items", "id", 1));
      transaction.rollback();
    }
    assertThat(items()).isEmpty();
  }

  @Test
  void aCommitOfNothingIsACommit() {
    try (TestTransaction transaction = TestTransaction.begin(client)) {
      assertThat(transaction.commit()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = TransactRequest.RequestCase.class,
      names = "BEGIN",
      mode = EnumSource.Mode.EXCLUDE)
  void whatIsSentBeforeBeginIsRefused(TransactRequest.RequestCase first) {
    TransactRequest.Builder request = TransactRequest.newBuilder();
    switch (first) {
      case WRITE -> request.setWrite(request(insert("items", "id", 1)));
      case COMMIT -> request.getCommitBuilder();
      case ROLLBACK -> request.getRollbackBuilder();
      case BEGIN, REQUEST_NOT_SET -> {}
    }
    try (TestTransaction transaction = TestTransaction.open(client)) {
      transaction.send(request.build());
      endsWith(TransactReason.TRANSACTION_NOT_STARTED, transaction);
    }
    try (TestTransaction transaction = TestTransaction.open(client)) {
      transaction.halfClose();
      endsWith(TransactReason.TRANSACTION_NOT_STARTED, transaction);
    }
  }

  @Test
  void aFailedWritePoisonsTheTransactionThatThenHoldsNothing() {
    try (TestTransaction transaction = TestTransaction.begin(client)) {
      transaction.write(insert("items", "id", 1));
      transaction.write(message("box", "m"));
      transaction.sendWrite(insert("items", "id", 1));
      TransactResponse failed = transaction.next();
      assertThat(failed.getError().getCode()).isEqualTo("UNIQUE_VIOLATION");
      assertThat(failed.getError().getMessage()).contains("items_pkey");
      service.awaitNothingLeft();
      transaction.sendWrite(insert("items", "id", 2));
      assertThat(transaction.error()).isEqualTo("TRANSACTION_FAILED");
      transaction.rollback();
    }
    assertThat(items()).isEmpty();
    assertThat(client.read("box", 0)).isEmpty();
  }

  @Test
  void aCommitAfterAFailedWriteIsAnErrorAndEndsRolledBack() {
    try (TestTransaction transaction = TestTransaction.begin(client)) {
      transaction.write(insert("items", "id", 1));
      transaction.sendWrite(insert("nothing", "id", 1));
      assertThat(transaction.error()).isEqualTo("TABLE_NOT_FOUND");
      transaction.sendCommit();
      assertThat(transaction.error()).isEqualTo("TRANSACTION_FAILED");
      endsWith(TransactReason.TRANSACTION_FAILED, transaction);
    }
    assertThat(items()).isEmpty();
  }

  @Test
  void eachKindOfWrongStepFailsTheTransaction() {
    List<Consumer<TestTransaction>> steps = new ArrayList<>();
    steps.add(t -> t.send(TransactRequest.getDefaultInstance()));
    steps.add(
        t ->
            t.send(
                TransactRequest.newBuilder()
                    .setBegin(BeginTransaction.getDefaultInstance())
                    .build()));
    steps.add(
        t ->
            t.sendWrite(
                request(insert("items", "id", 2)).toBuilder()
                    .setOptions(TransactionOptions.getDefaultInstance())
                    .build()));
    steps.add(t -> t.sendWrite(insert("items", "nope", 2)));
    steps.add(t -> t.sendWrite(message("", "m")));
    List<String> codes = new ArrayList<>();
    for (Consumer<TestTransaction> step : steps) {
      try (TestTransaction transaction = TestTransaction.begin(client)) {
        transaction.write(insert("items", "id", 1));
        step.accept(transaction);
        codes.add(transaction.error());
        transaction.rollback();
      }
    }
    assertThat(codes)
        .containsExactly(
            "INVALID_ARGUMENT",
            "TRANSACTION_ALREADY_STARTED",
            "INVALID_ARGUMENT",
            "INVALID_ARGUMENT",
            "INVALID_ARGUMENT");
  }

  @Test
  void aTokenWithinAWriteIsIgnoredIfEqualAndRefusedIfDifferent() {
    try (TestTransaction transaction = TestTransaction.begin(client)) {
      transaction.sendWrite(
          request(insert("items", "id", 1)).toBuilder().setSessionToken(client.token()).build());
      assertThat(transaction.next().hasWriteResult()).isTrue();
      transaction.sendWrite(
          request(insert("items", "id", 2)).toBuilder()
              .setSessionToken(service.client(client.namespace()).token())
              .build());
      assertThat(transaction.error()).isEqualTo("SESSION_TOKEN_CONFLICT");
      transaction.rollback();
    }
  }

  @Test
  void theTokenMayBeInBegin() {
    Client bare = new Client(client.namespace(), client.token(), service.server().channel());
    try (TestTransaction transaction = TestTransaction.open(bare)) {
      transaction.send(
          TransactRequest.newBuilder()
              .setBegin(BeginTransaction.newBuilder().setSessionToken(client.token()))
              .build());
      assertThat(transaction.next().hasStarted()).isTrue();
      transaction.sendWrite(
          request(insert("items", "id", 1)).toBuilder().setSessionToken("other").build());
      assertThat(transaction.error()).isEqualTo("SESSION_TOKEN_CONFLICT");
    }
    try (TestTransaction transaction = TestTransaction.open(bare)) {
      transaction.send(
          TransactRequest.newBuilder().setBegin(BeginTransaction.getDefaultInstance()).build());
      endsWith(CallReason.SESSION_TOKEN_MISSING, transaction);
    }
  }

  @Test
  void aStreamThatEndsWithoutACommitIsRolledBackAndToldSo() {
    try (TestTransaction transaction = TestTransaction.begin(client)) {
      transaction.write(insert("items", "id", 1));
      transaction.halfClose();
      assertThat(transaction.next().hasRolledBack()).isTrue();
      assertThat(transaction.status().getCode()).isEqualTo(Code.OK);
    }
    assertThat(items()).isEmpty();
  }

  /** Where a client may go away. */
  enum Step {
    BEGUN,
    ROW_WRITTEN,
    MESSAGE_WRITTEN,
    FAILED,
    WAITING_FOR_A_ROW,
    WAITING_FOR_A_MAILBOX,
    COMMIT_SENT
  }

  @ParameterizedTest
  @EnumSource(Step.class)
  void aStreamThatIsAbandonedAtAnyStepLeavesNothingBehind(Step step) {
    try (TestTransaction holder = TestTransaction.begin(client);
        TestTransaction transaction = TestTransaction.begin(client)) {
      holder.write(insert("items", "id", 100));
      holder.write(message("held", "m"));
      switch (step) {
        case BEGUN -> {}
        case ROW_WRITTEN -> transaction.write(insert("items", "id", 1));
        case MESSAGE_WRITTEN -> transaction.write(message("box", "m"));
        case FAILED -> {
          transaction.sendWrite(insert("nothing", "id", 1));
          transaction.error();
        }
        case WAITING_FOR_A_ROW -> {
          transaction.sendWrite(insert("items", "id", 100));
          Await.until("it waits", () -> service.waiting() == 1);
        }
        case WAITING_FOR_A_MAILBOX -> {
          transaction.sendWrite(message("held", "m"));
          Await.until("it waits", () -> service.waiting() == 1);
        }
        case COMMIT_SENT -> transaction.sendCommit();
      }
      transaction.cancel();
      Await.until(
          "only the holder is left",
          () -> service.openTransactions().size() <= 1 && service.activeConnections() == 1);
      holder.rollback();
    }
    service.awaitNothingLeft();
    // The connections that come out of the pool now are clean.
    for (int i = 0; i < 20; i++) {
      client.write(insert("items", "id", 1000 + i));
    }
    assertThat(items()).hasSize(20);
  }

  @Test
  void aClosedSessionEndsItsTransactions() {
    String session = java.util.UUID.randomUUID().toString();
    Client closing =
        service.client(
            client.namespace(),
            service.server().tokens().session().id(session).namespace(client.namespace()).token());
    try (TestTransaction transaction = TestTransaction.begin(closing);
        TestTransaction waiting = TestTransaction.begin(closing)) {
      transaction.write(message("box", "m"));
      waiting.sendWrite(message("box", "m"));
      Await.until("it waits", () -> service.waiting() == 1);
      service
          .server()
          .registry()
          .apply(
              List.of(
                  SessionState.newBuilder()
                      .setSessionId(session)
                      .setCondition(SessionCondition.SESSION_CONDITION_CLOSED)
                      .setVersion(2)
                      .build()));
      endsWith(CallReason.SESSION_CLOSED, transaction);
      endsWith(CallReason.SESSION_CLOSED, waiting);
    }
    assertThat(client.read("box", 0)).isEmpty();
  }

  @Test
  void theTimeoutBoundsTheWholeTransactionAlsoBetweenItsSteps() {
    TransactionOptions brief = TransactionOptions.newBuilder().setTimeoutMs(400).build();
    try (TestTransaction transaction = TestTransaction.begin(client, brief)) {
      transaction.write(insert("items", "id", 1));
      assertThat(transaction.next().hasRolledBack()).isTrue();
      endsWith(TransactReason.TRANSACTION_TIMEOUT, transaction);
    }
    try (TestTransaction holder = TestTransaction.begin(client);
        TestTransaction waiting = TestTransaction.begin(client, brief)) {
      holder.write(message("box", "m"));
      waiting.sendWrite(message("box", "m"));
      endsWith(TransactReason.TRANSACTION_TIMEOUT, waiting);
    }
    assertThat(items()).isEmpty();
  }

  @Test
  void limitsOfTransactionsAreToldAndLongOnesStarveNoWrites() {
    try (TransactFixture small =
        TransactFixture.start(
            "prism.transact.transaction.max-open=3",
            "prism.transact.transaction.max-open-per-session=2",
            "prism.transact.connections.writes=1",
            "prism.transact.connections.max-wait=300ms")) {
      Client one = small.clientWith(ITEMS);
      Client other = small.client(one.namespace());
      List<TestTransaction> open = new ArrayList<>();
      open.add(TestTransaction.begin(one));
      open.add(TestTransaction.begin(one));
      refusedToBegin(one);
      open.add(TestTransaction.begin(other));
      refusedToBegin(other);
      one.write(insert("items", "id", 1));
      open.getFirst().write(message("box", "m"));
      // The only connection for writes waits for the mailbox, so the next call is refused in time.
      var waiting =
          one.future()
              .write(
                  io.prism.transact.v1.WriteRequest.newBuilder()
                      .setMailbox(message("box", "m"))
                      .build());
      Await.until("it waits", () -> small.waiting() == 1);
      failsWith(CallReason.OVERLOADED, () -> one.write(insert("items", "id", 2)));
      waiting.cancel(true);
      open.removeFirst().rollback();
      open.add(TestTransaction.begin(one));
      open.forEach(TestTransaction::close);
      small.awaitNothingLeft();
      Await.until(
          "all are counted out",
          () -> small.meters().get("prism.transact.transactions").gauge().value() == 0);
    }
  }

  private static void refusedToBegin(Client client) {
    try (TestTransaction refused = TestTransaction.open(client)) {
      refused.send(
          TransactRequest.newBuilder().setBegin(BeginTransaction.getDefaultInstance()).build());
      endsWith(TransactReason.TOO_MANY_TRANSACTIONS, refused);
    }
  }

  @Test
  void aClientThatSendsNothingForTheIdleLimitLosesItsTransaction() {
    try (TransactFixture brief =
        TransactFixture.start("prism.transact.transaction.idle-limit=300ms")) {
      Client one = brief.clientWith(ITEMS);
      try (TestTransaction idle = TestTransaction.begin(one);
          TestTransaction failed = TestTransaction.begin(one)) {
        idle.write(message("box", "m"));
        failed.sendWrite(insert("nothing"));
        failed.error();
        assertThat(idle.next().getRolledBack().getReason()).contains("300 ms");
        endsWith(TransactReason.TRANSACTION_IDLE, idle);
        assertThat(failed.next().hasRolledBack()).isTrue();
        endsWith(TransactReason.TRANSACTION_IDLE, failed);
      }
      brief.awaitNothingLeft();
      assertThat(one.send("box", "m").getMailboxResult().getSequence()).isOne();
    }
  }

  @Test
  void aDrainRollsBackAndLetsNoTransactionBegin() {
    try (TransactFixture stopping = TransactFixture.start()) {
      Client one = stopping.clientWith(ITEMS);
      try (TestTransaction transaction = TestTransaction.begin(one)) {
        transaction.write(insert("items", "id", 1));
        stopping
            .context()
            .getBeansOfType(DrainListener.class)
            .values()
            .forEach(DrainListener::drain);
        try (TestTransaction late = TestTransaction.open(one)) {
          late.send(
              TransactRequest.newBuilder().setBegin(BeginTransaction.getDefaultInstance()).build());
          endsWith(CallReason.DRAINING, late);
        }
        stopping.server().liveStreams().close(PrismException.of(CallReason.DRAINING, "stopping"));
        endsWith(CallReason.DRAINING, transaction);
      }
      stopping.awaitNothingLeft();
      assertThat(stopping.query(one.namespace(), "select * from items")).isEmpty();
    }
  }

  @Test
  void aSessionThatMayOnlyReadCannotBegin() {
    Client reader =
        new Client(
            client.namespace(), "", service.server().channel(client.namespace(), "transact:read"));
    try (TestTransaction transaction = TestTransaction.open(reader)) {
      transaction.send(
          TransactRequest.newBuilder().setBegin(BeginTransaction.getDefaultInstance()).build());
      endsWith(CallReason.PERMISSION_DENIED, transaction);
    }
    assertThat(reader.read("box", 0)).isEmpty();
    failsWith(CallReason.PERMISSION_DENIED, () -> reader.write(update("items", "id", 1)));
  }
}
