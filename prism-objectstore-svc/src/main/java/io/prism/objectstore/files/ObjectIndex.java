package io.prism.objectstore.files;

import io.prism.objectstore.domain.ListQuery;
import io.prism.objectstore.domain.NewObject;
import io.prism.objectstore.domain.ObjectName;
import io.prism.relational.PostgresFailures;
import io.prism.starter.backend.BackendGuard;
import io.prism.starter.error.CallReason;
import io.prism.starter.error.PrismException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.hibernate.TransactionException;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Which file is which object. Blocks. */
public final class ObjectIndex {

  private final ObjectRows rows;
  private final TransactionTemplate transaction;
  private final BackendGuard guard;
  private final MetadataJson json = new MetadataJson();

  ObjectIndex(ObjectRows rows, PlatformTransactionManager transactions, BackendGuard guard) {
    this.rows = rows;
    this.transaction = new TransactionTemplate(transactions);
    this.guard = guard;
  }

  /** Whether a failure says that PostgreSQL is down or out of reach; for a guard. */
  public static boolean isOutage(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      // The connection broke in a transaction, so that not even a rollback was possible.
      if (cause instanceof TransactionException) {
        return true;
      }
    }
    return PostgresFailures.isOutage(failure);
  }

  /** What is written of an object. */
  record Entry(String blob, long size, String sha256) {}

  /**
   * What became of it.
   *
   * @param blob file of the object that was there before
   */
  record Replaced(boolean stored, @Nullable String blob) {}

  Replaced put(NewObject object, Entry entry, Instant now) {
    ObjectName name = object.name();
    return run(
        "put",
        () -> {
          Optional<String> before = rows.lock(name.namespace(), name.bucket(), name.key());
          int stored =
              rows.put(
                  name.namespace(),
                  name.bucket(),
                  name.key(),
                  entry.blob(),
                  entry.size(),
                  entry.sha256(),
                  object.contentType(),
                  json.convertToDatabaseColumn(object.metadata()),
                  now,
                  object.expiresAt(),
                  !object.onlyIfNotExists());
          return new Replaced(stored > 0, stored > 0 ? before.orElse(null) : null);
        });
  }

  Optional<ObjectRow> find(ObjectName name) {
    return run("find", () -> rows.findById(ObjectId.of(name)));
  }

  /**
   * What was removed.
   *
   * @param existed whether it had not expired
   */
  record Removed(boolean existed, @Nullable String blob) {}

  Removed remove(ObjectName name, Instant now) {
    return run(
        "remove",
        () -> {
          Optional<String> blob = rows.lock(name.namespace(), name.bucket(), name.key());
          if (blob.isEmpty()) {
            return new Removed(false, null);
          }
          boolean existed =
              rows.findById(ObjectId.of(name))
                  .filter(row -> !row.object().isExpired(now))
                  .isPresent();
          rows.remove(name.namespace(), name.bucket(), name.key());
          return new Removed(existed, blob.get());
        });
  }

  /** Objects from one key to another, exclusive, that come after a third. */
  List<ObjectRow> page(ListQuery query, String last, String after, Instant now, int most) {
    return run(
        "page",
        () -> rows.page(query.namespace(), query.bucket(), query.prefix(), last, after, now, most));
  }

  List<String> removeExpired(Instant now, int most) {
    return run("remove_expired", () -> rows.removeExpired(now, most));
  }

  List<String> known(List<String> blobs) {
    return run("known", () -> rows.known(blobs));
  }

  private <T> T run(String operation, Supplier<T> work) {
    try {
      return guard.call(
          operation, () -> Objects.requireNonNull(transaction.execute(status -> work.get())));
    } catch (RuntimeException e) {
      throw translated(e);
    }
  }

  private static RuntimeException translated(RuntimeException failure) {
    if (failure instanceof PrismException known) {
      return known;
    }
    return switch (PostgresFailures.meaning(failure)) {
      case POOL_EXHAUSTED -> PostgresFailures.overloaded(failure);
      case CANCELLED ->
          PrismException.because(CallReason.DEADLINE_EXCEEDED, "the index took longer than it may")
              .cause(failure)
              .build();
      case INVALID_DATA -> PostgresFailures.invalidData(failure);
      case OUTAGE,
          SERIALIZATION_FAILURE,
          DEADLOCK,
          UNIQUE_VIOLATION,
          FOREIGN_KEY_VIOLATION,
          CHECK_VIOLATION,
          NOT_NULL_VIOLATION,
          EXCLUSION_VIOLATION,
          SCHEMA_CHANGED,
          READ_ONLY,
          INSUFFICIENT_PRIVILEGE,
          OTHER ->
          failure;
    };
  }
}
