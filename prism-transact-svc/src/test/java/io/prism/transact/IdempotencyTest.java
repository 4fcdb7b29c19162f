package io.prism.transact;

import static io.prism.starter.testing.Failures.failsWith;
import static io.prism.transact.testing.Client.insert;
import static io.prism.transact.testing.Client.key;
import static io.prism.transact.testing.Client.message;
import static io.prism.transact.testing.Client.request;
import static io.prism.transact.testing.Client.update;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import io.prism.starter.error.CallReason;
import io.prism.starter.testing.Await;
import io.prism.transact.domain.TransactReason;
import io.prism.transact.testing.Client;
import io.prism.transact.testing.TestTransaction;
import io.prism.transact.testing.TransactFixture;
import io.prism.transact.v1.BeginTransaction;
import io.prism.transact.v1.TransactRequest;
import io.prism.transact.v1.TransactionOptions;
import io.prism.transact.v1.TransactionOptions.IsolationLevel;
import io.prism.transact.v1.WriteRequest;
import io.prism.transact.v1.WriteResponse;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class IdempotencyTest {

  private final TransactFixture service = TransactFixture.shared();
  private final Client client =
      service.clientWith(
          "create table payments (id int generated always as identity primary key, payer text, amount int check (amount > 0))");
  private final String key = UUID.randomUUID().toString();

  private WriteRequest payment(String payer, int amount) {
    return request(insert("payments", "payer", payer, "amount", amount)).toBuilder()
        .setMailbox(message("paid", payer))
        .setOptions(key(key))
        .build();
  }

  private List<String> payments() {
    return service.query(client.namespace(), "select payer, amount from payments");
  }

  @Test
  void aRepeatAnswersTheStoredResponseAndWritesNothing() {
    WriteResponse first = client.write(payment("ann", 1));
    assertThat(first.getMailboxResult().getSequence()).isOne();
    assertThat(first.getDataResult().getGeneratedValuesMap()).containsKey("id");
    assertThat(client.write(payment("ann", 1))).isEqualTo(first);
    assertThat(payments()).containsExactly("ann|1");
    assertThat(client.sequences("paid", 0)).containsExactly(1L);
  }

  @Test
  void aRepeatMayHaveAnotherTokenAndAnotherTimeout() {
    WriteResponse first = client.write(payment("ann", 1));
    Client again = service.client(client.namespace());
    WriteRequest repeat =
        payment("ann", 1).toBuilder()
            .setSessionToken(again.token())
            .setOptions(key(key).setTimeoutMs(5_000))
            .build();
    assertThat(again.write(repeat)).isEqualTo(first);
  }

  @Test
  void aDifferentRequestUnderTheSameKeyIsRefused() {
    client.write(payment("ann", 1));
    failsWith(TransactReason.IDEMPOTENCY_KEY_REUSED, () -> client.write(payment("ann", 2)));
    assertThat(payments()).containsExactly("ann|1");
  }

  @Test
  void theSameKeyInAnotherNamespaceIsAnotherKey() {
    client.write(payment("ann", 1));
    Client other =
        service.clientWith(
            "create table payments (id int generated always as identity primary key, payer text, amount int)");
    assertThat(other.write(payment("bob", 2)).getDataResult().getRowsAffected()).isOne();
  }

  @Test
  void failuresAreNotStored() {
    failsWith(TransactReason.CHECK_VIOLATION, () -> client.write(payment("ann", -1)));
    assertThat(client.write(payment("ann", 1)).getDataResult().getRowsAffected()).isOne();
  }

  @ParameterizedTest
  @EnumSource(
      value = IsolationLevel.class,
      names = {"UNRECOGNIZED"},
      mode = EnumSource.Mode.EXCLUDE)
  void twentyIdenticalWritesAtOnceGiveOneRowAndOneAnswer(IsolationLevel isolation)
      throws Exception {
    WriteRequest payment =
        payment("ann", 1).toBuilder().setOptions(key(key).setIsolation(isolation)).build();
    List<ListenableFuture<WriteResponse>> writes =
        IntStream.range(0, 20).mapToObj(i -> client.future().write(payment)).toList();
    List<WriteResponse> answers = Futures.allAsList(writes).get();
    assertThat(answers).containsOnly(answers.getFirst());
    assertThat(payments()).containsExactly("ann|1");
    assertThat(client.sequences("paid", 0)).containsExactly(1L);
    service.awaitNothingLeft();
  }

  @Test
  void ofTwoAtOnceOneRunsAndTheOtherWaitsAndGetsItsAnswer() throws Exception {
    try (TestTransaction holder = TestTransaction.begin(client)) {
      holder.write(message("paid", "held"));
      ListenableFuture<WriteResponse> runs = client.future().write(payment("ann", 1));
      Await.until("one runs", () -> service.waiting() == 1);
      ListenableFuture<WriteResponse> waits = client.future().write(payment("ann", 1));
      Await.until("the other waits", () -> service.waiting() == 2);
      holder.commit();
      assertThat(waits.get()).isEqualTo(runs.get());
    }
    assertThat(payments()).containsExactly("ann|1");
  }

  @Test
  void whenTheOneThatRunsFailsTheOneThatWaitsRuns() throws Exception {
    try (TestTransaction holder = TestTransaction.begin(client)) {
      holder.write(message("paid", "held"));
      ListenableFuture<WriteResponse> runs = client.future().write(payment("ann", 1));
      Await.until("one runs", () -> service.waiting() == 1);
      ListenableFuture<WriteResponse> waits = client.future().write(payment("ann", 1));
      Await.until("the other waits", () -> service.waiting() == 2);
      runs.cancel(true);
      holder.rollback();
      assertThat(waits.get().getDataResult().getRowsAffected()).isOne();
    }
    assertThat(payments()).containsExactly("ann|1");
  }

  @Test
  void aKeyIsForgottenAfterItsRetentionByTheDatabasesClock() {
    client.write(payment("ann", 1));
    age(23);
    failsWith(TransactReason.IDEMPOTENCY_KEY_REUSED, () -> client.write(payment("bob", 2)));
    age(2);
    client.write(payment("bob", 2));
    assertThat(payments()).containsExactly("ann|1", "bob|2");
  }

  private void age(int hours) {
    service.define(
        client.namespace(),
        "update prism_transact.idempotency_record set created_at = created_at - interval '"
            + hours
            + " hours' where namespace = '"
            + client.namespace()
            + "'");
  }

  @Test
  void anUpdateOfARowIsDoneOnceToo() {
    client.write(insert("payments", "payer", "ann", "amount", 1));
    WriteRequest change =
        request(update("payments", "id", 1, "amount", 2)).toBuilder().setOptions(key(key)).build();
    WriteResponse first = client.write(change);
    client.write(update("payments", "id", 1, "amount", 3));
    assertThat(client.write(change)).isEqualTo(first);
    assertThat(payments()).containsExactly("ann|3");
  }

  @Test
  void aMessageAloneIsDoneOnceToo() {
    WriteRequest send =
        WriteRequest.newBuilder().setMailbox(message("box", "x")).setOptions(key(key)).build();
    WriteResponse first = client.write(send);
    assertThat(client.write(send)).isEqualTo(first);
    assertThat(client.sequences("box", 0)).containsExactly(1L);
  }

  @Test
  void aTransactionStreamCannotBeIdempotentAndSaysSo() {
    for (TransactionOptions options :
        List.of(key("k").build(), TransactionOptions.newBuilder().setIdempotencyKey("k").build())) {
      try (TestTransaction transaction = TestTransaction.open(client)) {
        transaction.send(
            TransactRequest.newBuilder()
                .setBegin(BeginTransaction.newBuilder().setOptions(options))
                .build());
        failsWith(
            CallReason.INVALID_ARGUMENT,
            () -> {
              throw transaction.failure();
            });
      }
    }
  }
}
