package io.prism.transact.postgres;

import com.google.protobuf.Value;
import io.prism.transact.domain.Idempotency;
import io.prism.transact.domain.ResultFormat;
import io.prism.transact.domain.TimeLimit;
import io.prism.transact.domain.WriteResult;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The results of idempotent writes, kept for a while. */
final class StoredResults {

  private final Lane lane;
  private final ResultFormat<Value> format;
  private final Duration retention;

  StoredResults(Lane lane, ResultFormat<Value> format, Duration retention) {
    this.lane = lane;
    this.format = format;
    this.retention = retention;
  }

  byte[] format(WriteResult<Value> result) {
    return format.write(result);
  }

  /** The result of the write that has the key; null when there is none any more. */
  @Nullable WriteResult<Value> find(String namespace, Idempotency idempotency, TimeLimit limit)
      throws SQLException {
    try (Lease lease = lane.lease(limit);
        Lease.Watch _ = lease.watch(limit)) {
      byte[] stored =
          IdempotencyRows.response(lease.connection(), namespace, idempotency, retention);
      return stored == null ? null : format.read(stored);
    }
  }
}
