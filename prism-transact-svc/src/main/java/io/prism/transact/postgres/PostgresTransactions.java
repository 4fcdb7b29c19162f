package io.prism.transact.postgres;

import com.google.protobuf.Value;
import io.prism.starter.backend.BackendGuard;
import io.prism.transact.domain.OpenTransaction;
import io.prism.transact.domain.RowCopies;
import io.prism.transact.domain.TransactionSettings;
import io.prism.transact.domain.Transactions;
import java.sql.SQLException;
import java.time.Instant;

/** Transactions of several writes, each on a connection that it holds from beginning to end. */
public final class PostgresTransactions implements Transactions<Value> {

  private final Lane lane;
  private final Sequences sequences;
  private final DataWrites tables;
  private final RowCopies copies;
  private final BackendGuard guard;

  /**
   * @param lane of connections for transactions of several calls: whoever holds them for long keeps
   *     nobody waiting who does not
   */
  public PostgresTransactions(
      Lane lane, Lane reading, DataWrites tables, RowCopies copies, BackendGuard guard) {
    this.lane = lane;
    this.sequences = new Sequences(reading);
    this.tables = tables;
    this.copies = copies;
    this.guard = guard;
  }

  @Override
  public OpenTransaction<Value> begin(TransactionSettings settings) {
    try {
      return guard.call("begin", () -> open(settings));
    } catch (RuntimeException e) {
      throw WriteFailures.translated(e, settings.limit());
    }
  }

  private PostgresTransaction open(TransactionSettings settings) throws SQLException {
    Lease lease = lane.lease(settings.limit());
    try (Lease.Watch _ = lease.watch(settings.limit())) {
      Instant[] startedAt = new Instant[1];
      new Script()
          .then(WriteAttempt.begin(settings.isolation()))
          .then(
              "select clock_timestamp()",
              (statement, index) -> index,
              row -> {
                row.next();
                startedAt[0] = DataStatement.instant(row, 1);
              })
          .run(lease.connection());
      return new PostgresTransaction(
          lease, sequences, tables, copies, guard, settings, startedAt[0]);
    } catch (Throwable e) {
      lease.close();
      throw e;
    }
  }
}
