package io.prism.transact.postgres;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool;
import io.prism.starter.error.CallReason;
import io.prism.starter.error.PrismException;
import io.prism.transact.domain.TimeLimit;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * A share of a pool: so many connections and no more, for which callers wait a bounded time. Lanes
 * of one pool cannot starve each other as long as the pool has a connection for each of their
 * permits.
 */
public final class Lane {

  private static final String CANNOT_CONNECT = "08001";
  private static final Duration RETRY_DELAY = Duration.ofMillis(200);

  private final HikariDataSource pool;
  private final Semaphore permits;
  private final Duration maxWait;
  private final Watchdog watchdog;

  /**
   * @param maxWait for a connection, even if the caller has more time
   * @param watchdog over what runs on the connections
   */
  public Lane(HikariDataSource pool, int permits, Duration maxWait, Watchdog watchdog) {
    this.pool = pool;
    this.permits = new Semaphore(permits, true);
    this.maxWait = maxWait;
    this.watchdog = watchdog;
  }

  /**
   * A connection, idle and in autocommit mode.
   *
   * @throws PrismException OVERLOADED when all are in use for too long; TRANSACTION_TIMEOUT when
   *     the limit is over first
   * @throws SQLException when PostgreSQL gives none
   */
  Lease lease(TimeLimit limit) throws SQLException {
    take(limit);
    try {
      return new Lease(pool, connection(limit), permits::release, watchdog);
    } catch (Throwable e) {
      permits.release();
      throw e;
    }
  }

  private void take(TimeLimit limit) {
    limit.check();
    if (permits.tryAcquire()) {
      return;
    }
    long nanos = Math.min(limit.remaining().toNanos(), maxWait.toNanos());
    try {
      if (permits.tryAcquire(nanos, TimeUnit.NANOSECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw PrismException.of(CallReason.CANCELLED, "the call is cancelled");
    }
    limit.check();
    throw PrismException.because(
            CallReason.OVERLOADED, "all connections to the store are in use in this instance")
        .retryAfter(RETRY_DELAY)
        .build();
  }

  /** Without the pool itself, a caller would wait the pool's time whatever his own is. */
  private Connection connection(TimeLimit limit) throws SQLException {
    long millis = Math.min(limit.remaining().toMillis() + 1, pool.getConnectionTimeout());
    try {
      return pool.getHikariPoolMXBean() instanceof HikariPool started
          ? started.getConnection(Math.max(1, millis))
          : pool.getConnection();
    } catch (SQLException e) {
      if (limit.isOver()) {
        throw limit.exceeded();
      }
      // It has one for each permit: if it gives none, then none can be made.
      throw new SQLException("no connection can be made", CANNOT_CONNECT, e);
    }
  }
}
