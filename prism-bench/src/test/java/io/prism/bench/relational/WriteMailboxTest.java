package io.prism.bench.relational;

import static org.assertj.core.api.Assertions.assertThat;

import io.prism.transact.v1.DataWriteResult;
import io.prism.transact.v1.MailboxWriteResult;
import io.prism.transact.v1.WriteResponse;
import org.junit.jupiter.api.Test;

final class WriteMailboxTest {
  private static final WriteResponse DONE =
      WriteResponse.newBuilder()
          .setCommitted(true)
          .setDataResult(DataWriteResult.newBuilder().setRowsAffected(1))
          .setMailboxResult(MailboxWriteResult.newBuilder().setSequence(7))
          .build();

  @Test
  void countsTheRowAndTheMessage() {
    assertThat(WriteMailbox.rows(DONE)).isEqualTo(2);
    assertThat(WriteMailbox.rows(DONE.toBuilder().clearMailboxResult().build())).isEqualTo(1);
    assertThat(WriteMailbox.rows(DONE.toBuilder().clearDataResult().build())).isEqualTo(1);
  }

  @Test
  void countsNothingThatIsNotCommitted() {
    assertThat(WriteMailbox.rows(DONE.toBuilder().setCommitted(false).build())).isZero();
  }
}
