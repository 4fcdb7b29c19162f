package io.prism.transact.postgres;

import com.google.protobuf.Value;
import io.micrometer.core.instrument.MeterRegistry;
import io.prism.relational.PostgresFailures;
import io.prism.relational.PostgresFailures.Meaning;
import io.prism.starter.backend.BackendGuard;
import io.prism.starter.error.CallReason;
import io.prism.starter.error.PrismException;
import io.prism.transact.domain.ChangedRows;
import io.prism.transact.domain.DataWrite;
import io.prism.transact.domain.Idempotency;
import io.prism.transact.domain.ResultFormat;
import io.prism.transact.domain.RowCopies;
import io.prism.transact.domain.TimeLimit;
import io.prism.transact.domain.TransactReason;
import io.prism.transact.domain.TransactionSettings;
import io.prism.transact.domain.WriteCommand;
import io.prism.transact.domain.WriteResult;
import io.prism.transact.domain.Writer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Writes in transactions of one call each, and repeats what PostgreSQL asks to repeat. */
public final class PostgresWriter implements Writer<Value> {

  private final Lane lane;
  private final Sequences sequences;
  private final DataWrites tables;
  private final RowCopies copies;
  private final StoredResults results;
  private final BackendGuard guard;
  private final Backoff backoff;
  private final MeterRegistry meters;

  /**
   * @param lane of connections for transactions of one call
   * @param retention of idempotency records
   */
  public PostgresWriter(
      Lane lane,
      Lane reading,
      DataWrites tables,
      RowCopies copies,
      ResultFormat<Value> format,
      Duration retention,
      BackendGuard guard,
      Backoff backoff,
      MeterRegistry meters) {
    this.lane = lane;
    this.sequences = new Sequences(reading);
    this.tables = tables;
    this.copies = copies;
    this.results = new StoredResults(reading, format, retention);
    this.guard = guard;
    this.backoff = backoff;
    this.meters = meters;
  }

  @Override
  public WriteResult<Value> write(
      WriteCommand<Value> command,
      TransactionSettings settings,
      @Nullable Idempotency idempotency) {
    ChangedRows changed = new ChangedRows();
    try {
      return write(command, settings, idempotency, changed);
    } finally {
      copies.remove(changed);
    }
  }

  /**
   * @param changed takes the rows that were changed, or may have been
   */
  private WriteResult<Value> write(
      WriteCommand<Value> command,
      TransactionSettings settings,
      @Nullable Idempotency idempotency,
      ChangedRows changed) {
    TimeLimit limit = settings.limit();
    PrismException unknown = null;
    for (int attempt = 1; ; attempt++) {
      WriteAttempt next;
      RuntimeException failure;
      try {
        next = new WriteAttempt(lane, sequences, tables, results, command, settings, idempotency);
      } catch (PrismException e) {
        throw unknown == null ? e : unknown;
      }
      WrittenRows rows = next.written();
      try {
        WriteResult<Value> result = guard.call("write", next::run);
        if (rows != null) {
          rows.addTo(changed);
        }
        return result;
      } catch (RuntimeException e) {
        failure = e;
      }
      if (idempotency != null && IdempotencyRows.isTaken(failure)) {
        WriteResult<Value> stored = stored(command.namespace(), idempotency, limit);
        if (stored != null) {
          meters.counter("prism.transact.replays").increment();
          if (rows != null) {
            // Whoever wrote it the first time may have had no time left to tell of it.
            rows.addRepeatedTo(changed, stored.data());
          }
          return stored;
        }
      } else if (next.isCommitSent() && WriteFailures.isOutage(failure)) {
        unknown = WriteFailures.outcomeUnknown(failure, idempotency != null);
        if (rows != null) {
          rows.addPossibleTo(changed);
        }
        if (idempotency == null) {
          throw unknown;
        }
      } else if (unknown == null || !isTransient(failure)) {
        retryOrThrow(failure, command.data(), command.namespace(), attempt, limit);
      }
      if (!backoff.pause(attempt, limit)) {
        throw unknown == null ? WriteFailures.translated(failure, limit) : unknown;
      }
    }
  }

  /** Returns when it makes sense to try again. */
  private void retryOrThrow(
      RuntimeException failure,
      @Nullable DataWrite<Value> data,
      String namespace,
      int attempt,
      TimeLimit limit) {
    Meaning meaning =
        failure instanceof PrismException ? Meaning.OTHER : PostgresFailures.meaning(failure);
    if (meaning == Meaning.SERIALIZATION_FAILURE || meaning == Meaning.DEADLOCK) {
      meters.counter("prism.transact.retries").increment();
      return;
    }
    if (meaning == Meaning.SCHEMA_CHANGED && data != null && attempt == 1) {
      tables.forget(namespace, data);
      return;
    }
    throw WriteFailures.translated(failure, limit);
  }

  /** Whether a failure leaves open what became of an attempt before it. */
  private static boolean isTransient(RuntimeException failure) {
    if (failure instanceof PrismException known) {
      return known.reason() == CallReason.BACKEND_UNAVAILABLE
          || known.reason() == CallReason.OVERLOADED
          || known.reason() == CallReason.DEADLINE_EXCEEDED
          || known.reason() == TransactReason.TRANSACTION_TIMEOUT;
    }
    return switch (PostgresFailures.meaning(failure)) {
      case OUTAGE, POOL_EXHAUSTED, CANCELLED, SERIALIZATION_FAILURE, DEADLOCK -> true;
      default -> false;
    };
  }

  private @Nullable WriteResult<Value> stored(
      String namespace, Idempotency idempotency, TimeLimit limit) {
    try {
      return guard.call("replay", () -> results.find(namespace, idempotency, limit));
    } catch (RuntimeException e) {
      throw WriteFailures.translated(e, limit);
    }
  }
}
