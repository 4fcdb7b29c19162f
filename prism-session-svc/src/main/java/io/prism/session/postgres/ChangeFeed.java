package io.prism.session.postgres;

import io.prism.session.domain.SessionChanges;
import io.prism.session.domain.SessionEvent;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Learns of changes that any replica has committed, and publishes them here.
 *
 * <p>A notification says only that there is something to read. What to read is decided by
 * transaction ids: a snapshot contains everything below its xmin, so the next read begins there and
 * misses nothing, whatever order transactions were committed in and however long the connection was
 * lost. What is read twice is known by its version.
 */
public final class ChangeFeed implements SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(ChangeFeed.class);
  private static final String CHANNEL = "prism_session";
  private static final int QUERY_TIMEOUT_SECONDS = 5;

  private final DataSource dataSource;
  private final SessionChanges changes;
  private final Runnable firstLook;
  private final Duration interval;
  private final Duration retryDelay;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private @Nullable Thread thread;

  // Touched by the one thread only.
  private @Nullable String horizon;
  private Map<String, Long> published = new HashMap<>();

  /**
   * @param firstLook reads everything there is, once; changes are followed from just before
   * @param interval how often changes are looked for without a notification
   * @param retryDelay how long after a failure the next connection is tried
   */
  public ChangeFeed(
      DataSource dataSource,
      SessionChanges changes,
      Runnable firstLook,
      Duration interval,
      Duration retryDelay) {
    this.dataSource = dataSource;
    this.changes = changes;
    this.firstLook = firstLook;
    this.interval = interval;
    this.retryDelay = retryDelay;
  }

  /** Tells all replicas, when the current transaction commits, that sessions have changed. */
  static void announce(JdbcClient jdbc) {
    jdbc.sql("select pg_notify(?, '')").param(CHANNEL).query((row, n) -> true).single();
  }

  @Override
  public void start() {
    thread =
        Thread.ofPlatform().name("prism-session-changes").daemon().start(this::followUntilStopped);
  }

  @Override
  public void stop() {
    stopped.countDown();
    Thread running = thread;
    if (running != null) {
      running.interrupt();
    }
    thread = null;
  }

  /** Before the server takes calls, until after it has stopped to. */
  @Override
  public int getPhase() {
    return 0;
  }

  @Override
  public boolean isRunning() {
    return thread != null;
  }

  private void followUntilStopped() {
    while (!isStopped()) {
      try {
        follow();
      } catch (SQLException | RuntimeException e) {
        if (!isStopped()) {
          log.warn("changes of sessions cannot be read, next try in {}: {}", retryDelay, "" + e);
          pause();
        }
      }
    }
  }

  private boolean isStopped() {
    return stopped.getCount() == 0;
  }

  private void pause() {
    try {
      if (stopped.await(retryDelay.toMillis(), TimeUnit.MILLISECONDS)) {
        log.debug("stopped");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void follow() throws SQLException {
    Connection connection = dataSource.getConnection();
    try {
      try (Statement listen = connection.createStatement()) {
        listen.execute("listen " + CHANNEL);
      }
      PGConnection notifications = connection.unwrap(PGConnection.class);
      log.info("changes of sessions are being followed");
      while (!isStopped()) {
        catchUp(connection);
        notifications.getNotifications(Math.toIntExact(interval.toMillis()));
      }
    } finally {
      release(connection);
    }
  }

  /** No connection goes back to the pool that still listens; a broken one the pool throws away. */
  private static void release(Connection connection) throws SQLException {
    try (connection;
        Statement unlisten = connection.createStatement()) {
      unlisten.execute("unlisten *");
    } catch (SQLException e) {
      log.debug("the connection is broken", e);
    }
  }

  private void catchUp(Connection connection) throws SQLException {
    String from = horizon;
    if (from == null) {
      String before = xmin(connection);
      firstLook.run();
      horizon = before;
    } else {
      publishSince(connection, from);
    }
    changes.current();
  }

  private static String xmin(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery("select pg_snapshot_xmin(pg_current_snapshot())::text")) {
      row.next();
      return row.getString(1);
    }
  }

  private void publishSince(Connection connection, String from) throws SQLException {
    List<SessionEvent> fresh = new ArrayList<>();
    Map<String, Long> seen = new HashMap<>();
    try (PreparedStatement statement =
        connection.prepareStatement(
            """
            select pg_snapshot_xmin(pg_current_snapshot())::text as horizon,
              s.id, s.version, s.status, s.token_expires_at, s.reason
            from (select 1) as one
            left join session s on s.version > 1 and s.changed_by >= ?::xid8
            """)) {
      statement.setString(1, from);
      statement.setQueryTimeout(QUERY_TIMEOUT_SECONDS);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          horizon = rows.getString("horizon");
          if (rows.getString("id") != null) {
            SessionEvent event = SessionRows.event(rows, 0);
            seen.put(event.sessionId(), event.version());
            if (published.getOrDefault(event.sessionId(), 0L) < event.version()) {
              fresh.add(event);
            }
          }
        }
      }
    }
    published = seen;
    changes.publish(fresh);
  }
}
