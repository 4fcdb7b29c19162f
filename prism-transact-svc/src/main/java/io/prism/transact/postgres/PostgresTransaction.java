package io.prism.transact.postgres;

import com.google.protobuf.Value;
import io.prism.relational.PostgresFailures;
import io.prism.relational.PostgresFailures.Meaning;
import io.prism.starter.backend.BackendGuard;
import io.prism.transact.domain.ChangedRows;
import io.prism.transact.domain.DataWrite;
import io.prism.transact.domain.MailboxWrite;
import io.prism.transact.domain.MessageId;
import io.prism.transact.domain.OpenTransaction;
import io.prism.transact.domain.RowCopies;
import io.prism.transact.domain.TransactionSettings;
import io.prism.transact.domain.WriteCommand;
import io.prism.transact.domain.WriteResult;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A transaction on a connection of its own. */
final class PostgresTransaction implements OpenTransaction<Value> {

  private final Lease lease;
  private final Sequences sequences;
  private final DataWrites tables;
  private final RowCopies copies;
  private final BackendGuard guard;
  private final TransactionSettings settings;
  private final Instant startedAt;
  private final String id = UUID.randomUUID().toString();

  /** The last sequence of each mailbox that this transaction has locked. */
  private final Map<String, Long> lastSequences = new HashMap<>();

  private final ChangedRows changed = new ChangedRows();

  PostgresTransaction(
      Lease lease,
      Sequences sequences,
      DataWrites tables,
      RowCopies copies,
      BackendGuard guard,
      TransactionSettings settings,
      Instant startedAt) {
    this.lease = lease;
    this.sequences = sequences;
    this.tables = tables;
    this.copies = copies;
    this.guard = guard;
    this.settings = settings;
    this.startedAt = startedAt;
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public Instant startedAt() {
    return startedAt;
  }

  @Override
  public WriteResult<Value> write(WriteCommand<Value> command) {
    try {
      settings.limit().check();
      DataWrite<Value> write = command.data();
      DataStatement data =
          write == null ? null : tables.prepare(command.namespace(), write, settings.limit());
      return guard.call(
          "transaction.write",
          () -> {
            try (Lease.Watch _ = lease.watch(settings.limit())) {
              return run(command, data);
            }
          });
    } catch (RuntimeException e) {
      lease.close();
      if (command.data() != null && isSchemaChange(e)) {
        tables.forget(command.namespace(), command.data());
      }
      throw WriteFailures.translated(e, settings.limit());
    } catch (Throwable e) {
      lease.close();
      throw e;
    }
  }

  private static boolean isSchemaChange(RuntimeException failure) {
    return PostgresFailures.meaning(failure) == Meaning.SCHEMA_CHANGED;
  }

  private WriteResult<Value> run(WriteCommand<Value> command, @Nullable DataStatement data)
      throws SQLException {
    Connection connection = lease.connection();
    MailboxWrite mailbox = command.mailbox();
    Script script = new Script();
    if (data != null) {
      data.addTo(script, connection);
    }
    if (mailbox == null) {
      script.run(connection);
      return result(connection, data, null, null);
    }
    if (!lastSequences.containsKey(mailbox.mailbox())) {
      script.then(MailboxRows.LOCK, MailboxRows.lock(command.namespace(), mailbox.mailbox()));
      script.run(connection);
      script = new Script();
      lastSequences.put(
          mailbox.mailbox(),
          sequences.next(command.namespace(), mailbox.mailbox(), settings.limit()) - 1);
    }
    long sequence = lastSequences.merge(mailbox.mailbox(), 1L, Long::sum);
    MessageId message = new MessageId(mailbox.mailbox(), sequence, WriteAttempt.newTag());
    Instant[] at = new Instant[1];
    script
        .then(
            MailboxRows.INSERT,
            MailboxRows.insert(command.namespace(), mailbox, sequence, message.tag()),
            row -> {
              row.next();
              at[0] = DataStatement.instant(row, 1);
            })
        .run(connection);
    return result(connection, data, message, at[0]);
  }

  private WriteResult<Value> result(
      Connection connection,
      @Nullable DataStatement data,
      @Nullable MessageId message,
      @Nullable Instant at)
      throws SQLException {
    if (data == null) {
      return new WriteResult<>(id, at == null ? DataStatement.now(connection) : at, null, message);
    }
    data.checkVersion(connection);
    data.written().addTo(changed);
    return new WriteResult<>(id, data.at(connection), data.result(), message);
  }

  @Override
  public void commit() {
    boolean[] sent = new boolean[1];
    boolean mayBeDone = false;
    try {
      settings.limit().check();
      guard.call(
          "commit",
          () -> {
            try (Lease.Watch _ = lease.watch(settings.limit())) {
              // Of a failed transaction, a commit would be a rollback without a word.
              if (!lease.isInTransaction()) {
                throw new IllegalStateException("no transaction is open");
              }
              sent[0] = true;
              new Script().then(WriteAttempt.COMMIT).run(lease.connection());
              return true;
            }
          });
      mayBeDone = true;
    } catch (RuntimeException e) {
      if (sent[0] && WriteFailures.isOutage(e)) {
        mayBeDone = true;
        throw WriteFailures.outcomeUnknown(e, false);
      }
      throw WriteFailures.translated(e, settings.limit());
    } finally {
      lease.close();
      if (mayBeDone) {
        copies.remove(changed);
      }
    }
  }

  @Override
  public void rollback() {
    lease.close();
  }

  @Override
  public void cancel() {
    lease.cancel();
  }
}
