package io.prism.transact.postgres;

import com.google.protobuf.Value;
import io.prism.transact.domain.Idempotency;
import io.prism.transact.domain.Isolation;
import io.prism.transact.domain.MailboxWrite;
import io.prism.transact.domain.MessageId;
import io.prism.transact.domain.TimeLimit;
import io.prism.transact.domain.TransactionSettings;
import io.prism.transact.domain.WriteCommand;
import io.prism.transact.domain.WriteResult;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One attempt at a write in a transaction of its own, in as few round trips as it takes: one for a
 * row or a message, two where the second statement needs what the first one says.
 */
final class WriteAttempt {

  static final String COMMIT = "commit";

  private static final SecureRandom random = new SecureRandom();

  private final Lane lane;
  private final Sequences sequences;
  private final StoredResults results;
  private final WriteCommand<Value> command;
  private final TransactionSettings settings;
  private final @Nullable Idempotency idempotency;
  private final @Nullable DataStatement data;
  private final @Nullable MailboxWrite mailbox;
  private final String transactionId = UUID.randomUUID().toString();
  private final long tag;
  private volatile boolean commitSent;
  private @Nullable Instant at;
  private @Nullable String place;
  private long sequence;

  WriteAttempt(
      Lane lane,
      Sequences sequences,
      DataWrites tables,
      StoredResults results,
      WriteCommand<Value> command,
      TransactionSettings settings,
      @Nullable Idempotency idempotency) {
    this.lane = lane;
    this.sequences = sequences;
    this.results = results;
    this.command = command;
    this.settings = settings;
    this.idempotency = idempotency;
    this.data =
        command.data() == null
            ? null
            : tables.prepare(command.namespace(), command.data(), settings.limit());
    this.mailbox = command.mailbox();
    this.tag = mailbox == null ? 0 : newTag();
  }

  static long newTag() {
    return random.nextLong();
  }

  static String begin(Isolation isolation) {
    return switch (isolation) {
      case READ_COMMITTED -> "begin isolation level read committed";
      case REPEATABLE_READ -> "begin isolation level repeatable read";
      case SERIALIZABLE -> "begin isolation level serializable";
    };
  }

  /** Whether a failure may have come after the commit. */
  boolean isCommitSent() {
    return commitSent;
  }

  /** Which rows it changes; null for none. */
  @Nullable WrittenRows written() {
    return data == null ? null : data.written();
  }

  WriteResult<Value> run() throws SQLException {
    TimeLimit limit = settings.limit();
    try (Lease lease = lane.lease(limit);
        Lease.Watch _ = lease.watch(limit)) {
      if (isOneTrip()) {
        oneTrip(lease.connection());
      } else {
        twoTrips(lease.connection(), limit);
      }
      return result(lease.connection());
    }
  }

  /** Whether nothing depends on what another statement has said before. */
  private boolean isOneTrip() {
    if (idempotency != null) {
      return false;
    }
    if (mailbox == null) {
      return true;
    }
    return data == null || (isReadCommitted() && !data.isConditional());
  }

  private boolean isReadCommitted() {
    return settings.isolation() == Isolation.READ_COMMITTED;
  }

  private void oneTrip(Connection connection) throws SQLException {
    Script script = new Script();
    if (mailbox == null) {
      script.then(begin(settings.isolation()));
    } else {
      // A message alone is serial at any level, since its mailbox is locked; at this one, it can
      // find its place by itself.
      script.then(begin(Isolation.READ_COMMITTED));
    }
    if (data != null) {
      data.addTo(script, connection);
    }
    if (mailbox != null) {
      script
          .then(MailboxRows.LOCK, MailboxRows.lock(command.namespace(), mailbox.mailbox()))
          .then(
              MailboxRows.INSERT_NEXT,
              MailboxRows.insertNext(command.namespace(), mailbox, tag),
              row -> {
                row.next();
                at = DataStatement.instant(row, 1);
                sequence = row.getLong(2);
              });
    }
    commitSent = true;
    script.then(COMMIT).run(connection);
    if (data != null) {
      data.checkVersion(connection);
    }
  }

  /** The mailbox is locked last of all, so that it is not locked while the row is waited for. */
  private void twoTrips(Connection connection, TimeLimit limit) throws SQLException {
    Script first = new Script().then(begin(settings.isolation()));
    if (idempotency != null) {
      first.then(
          IdempotencyRows.CLAIM,
          IdempotencyRows.claim(command.namespace(), idempotency),
          row -> {
            row.next();
            place = row.getString(1);
            at = DataStatement.instant(row, 2);
          });
    }
    if (data != null) {
      data.addTo(first, connection);
    }
    if (mailbox != null) {
      first.then(MailboxRows.LOCK, MailboxRows.lock(command.namespace(), mailbox.mailbox()));
    }
    first.run(connection);
    if (data != null) {
      data.checkVersion(connection);
    }
    Script second = new Script();
    if (mailbox != null) {
      sequence = sequences.next(command.namespace(), mailbox.mailbox(), limit);
      second.then(
          MailboxRows.INSERT, MailboxRows.insert(command.namespace(), mailbox, sequence, tag));
    }
    if (idempotency != null && place != null) {
      second.then(
          IdempotencyRows.COMPLETE,
          IdempotencyRows.complete(results.format(result(connection)), place));
    }
    limit.check();
    commitSent = true;
    second.then(COMMIT).run(connection);
  }

  private WriteResult<Value> result(Connection connection) throws SQLException {
    Instant when = at;
    if (when == null) {
      when = data == null ? DataStatement.now(connection) : data.at(connection);
    }
    return new WriteResult<>(
        transactionId,
        when,
        data == null ? null : data.result(),
        mailbox == null ? null : new MessageId(mailbox.mailbox(), sequence, tag));
  }
}
