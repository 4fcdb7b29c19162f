package io.prism.transact.postgres;

import io.prism.transact.domain.TimeLimit;
import java.sql.SQLException;

/**
 * Reads the last sequences of mailboxes for writers that hold their locks, and what else must be
 * read outside of a transaction that waits. Nothing on this lane waits for anybody, so whoever
 * holds a lock gets on.
 */
public final class Sequences {

  private final Lane lane;

  public Sequences(Lane lane) {
    this.lane = lane;
  }

  /** The next sequence of a mailbox whose lock the caller holds. */
  long next(String namespace, String mailbox, TimeLimit limit) throws SQLException {
    try (Lease lease = lane.lease(limit);
        Lease.Watch _ = lease.watch(limit)) {
      return MailboxRows.last(lease.connection(), namespace, mailbox) + 1;
    }
  }
}
