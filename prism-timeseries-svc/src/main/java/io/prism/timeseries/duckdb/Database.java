package io.prism.timeseries.duckdb;

import io.prism.starter.backend.BackendGuard;
import io.prism.starter.call.CallEnd;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The database and its connections. Queries run on threads of their own: a call into the database
 * holds the thread that makes it, and a virtual one would hold one of the few that all share.
 */
final class Database implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Database.class);

  private final DuckDbSettings settings;
  private final BackendGuard guard;
  private final DuckDBConnection root;
  private final ThreadPoolExecutor readers;
  private final ReentrantLock appending = new ReentrantLock();
  private final ReentrantLock keeping = new ReentrantLock();
  private final DuckDBConnection appends;
  private final DuckDBConnection upkeep;

  /** Something to do with a connection. */
  @FunctionalInterface
  interface Work<T> {
    T with(Link link) throws SQLException;
  }

  Database(DuckDbSettings settings, BackendGuard guard) {
    this.settings = settings;
    this.guard = guard;
    try {
      Files.createDirectories(settings.folder());
      this.root = open(settings);
      Schema.bring(root);
      this.appends = transactional();
      this.upkeep = transactional();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (SQLException e) {
      throw new IllegalStateException(
          "the database in " + settings.folder() + " cannot be opened", e);
    }
    this.readers =
        new ThreadPoolExecutor(
            settings.readers(),
            settings.readers(),
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(Math.max(1, settings.maxWaiting())),
            Thread.ofPlatform().daemon().name("prism-timeseries-query-", 0).factory());
  }

  private static DuckDBConnection open(DuckDbSettings settings) throws SQLException {
    Path file = settings.folder().resolve("events.duckdb");
    Properties properties = new Properties();
    properties.setProperty("memory_limit", settings.memoryBytes() / 1024 + "KiB");
    properties.setProperty("temp_directory", settings.folder().resolve("spill").toString());
    // Statements are of our own making, and have no use for files and extensions.
    properties.setProperty("autoinstall_known_extensions", "false");
    properties.setProperty("autoload_known_extensions", "false");
    properties.setProperty("checkpoint_threshold", "128MiB");
    return DriverManager.getConnection("jdbc:duckdb:" + file, properties)
        .unwrap(DuckDBConnection.class);
  }

  private DuckDBConnection transactional() throws SQLException {
    DuckDBConnection connection = root.duplicate().unwrap(DuckDBConnection.class);
    connection.setAutoCommit(false);
    return connection;
  }

  /** Runs a query for the current call, which ends with it. */
  <T> T read(String operation, Work<T> work) {
    try {
      return guard.call(operation, () -> query(work));
    } catch (RuntimeException e) {
      throw DuckDbFailures.translated(e);
    }
  }

  private <T> T query(Work<T> work) throws SQLException {
    CompletableFuture<T> result = new CompletableFuture<>();
    try (Connection connection = root.duplicate()) {
      Link link = new Link(connection.unwrap(DuckDBConnection.class));
      Runnable job = () -> complete(result, link, work);
      try {
        readers.execute(job);
      } catch (RejectedExecutionException e) {
        throw DuckDbFailures.overloaded("too many queries run already", e);
      }
      CompletableFuture<T> limited =
          result.copy().orTimeout(settings.timeLimit().toNanos(), TimeUnit.NANOSECONDS);
      try {
        return CallEnd.await(limited);
      } catch (CompletionException e) {
        throw e.getCause() instanceof TimeoutException ? DuckDbFailures.tooSlow(e) : e;
      } finally {
        // Ends what still runs, or has not begun and would keep others from waiting.
        if (!result.isDone()) {
          boolean _ = result.cancel(false);
          boolean _ = readers.remove(job);
          link.cancel();
        }
      }
    }
  }

  private static <T> void complete(CompletableFuture<T> result, Link link, Work<T> work) {
    if (result.isDone()) {
      return;
    }
    try {
      result.complete(work.with(link));
    } catch (SQLException | RuntimeException e) {
      result.completeExceptionally(new CompletionException(e));
    }
  }

  /** Appends, one after the other, each in a transaction. */
  <T> T append(Work<T> work) {
    return write("append", appending, appends, work);
  }

  /** Changes what nobody appends to, one after the other, each in a transaction. */
  <T> T keep(String operation, Work<T> work) {
    return write(operation, keeping, upkeep, work);
  }

  private <T> T write(
      String operation, ReentrantLock lock, DuckDBConnection connection, Work<T> work) {
    lock.lock();
    try {
      return guard.call(operation, () -> transaction(connection, work));
    } catch (RuntimeException e) {
      throw DuckDbFailures.translated(e);
    } finally {
      lock.unlock();
    }
  }

  private static <T> T transaction(DuckDBConnection connection, Work<T> work) throws SQLException {
    @Nullable Throwable failure = null;
    try {
      T result = work.with(new Link(connection));
      connection.commit();
      return result;
    } catch (SQLException | RuntimeException e) {
      failure = e;
      throw e;
    } finally {
      if (failure != null) {
        try {
          connection.rollback();
        } catch (SQLException e) {
          failure.addSuppressed(e);
        }
      }
    }
  }

  /** Returns when the database works. */
  void check() throws SQLException {
    try (Connection connection = root.duplicate();
        Statement statement = connection.createStatement()) {
      statement.execute("SELECT version FROM schema_version");
    }
  }

  @Override
  public void close() {
    readers.shutdown();
    try {
      if (!readers.awaitTermination(5, TimeUnit.SECONDS)) {
        log.warn("queries still run and are cut off");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    close(appending, appends);
    close(keeping, upkeep);
    close(new ReentrantLock(), root);
  }

  private static void close(ReentrantLock lock, Connection connection) {
    lock.lock();
    try {
      connection.close();
    } catch (SQLException e) {
      log.warn("a connection of the database was not closed: {}", e.toString());
    } finally {
      lock.unlock();
    }
  }
}
