package io.prism.reader.postgres;

import io.grpc.Context;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Cancels what runs in PostgreSQL when the call that it is for ends. */
final class Cancellation implements Context.CancellationListener {

  private static final Logger log = LoggerFactory.getLogger(Cancellation.class);

  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable Statement running;
  private boolean cancelled;

  /** A statement is about to run; a call that has ended already is not begun. */
  void begin(Statement statement) throws SQLException {
    lock.lock();
    try {
      if (cancelled) {
        throw new SQLException("the call has ended", "57014");
      }
      running = statement;
    } finally {
      lock.unlock();
    }
  }

  /** It has run. Waits for a cancellation on its way, which would meet the next statement else. */
  void end() {
    lock.lock();
    try {
      running = null;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void cancelled(Context context) {
    lock.lock();
    try {
      cancelled = true;
      Statement statement = running;
      if (statement != null) {
        statement.cancel();
      }
    } catch (SQLException e) {
      log.debug("a statement could not be cancelled and runs until its time limit", e);
    } finally {
      lock.unlock();
    }
  }
}
