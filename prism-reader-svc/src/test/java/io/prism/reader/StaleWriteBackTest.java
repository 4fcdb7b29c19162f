package io.prism.reader;

import static org.assertj.core.api.Assertions.assertThat;

import io.prism.reader.testing.Cached;
import io.prism.reader.testing.ReaderFixture;
import io.prism.reader.v1.GetRequest;
import io.prism.reader.v1.GetResponse;
import io.prism.reader.v1.ReaderServiceGrpc;
import io.prism.redis.testing.RedisFixture;
import io.prism.starter.testing.Await;
import io.prism.starter.testing.PostgresFixture;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * A Get that has begun before a write and ends after it. The service reads as a role with a row
 * policy, whose function waits for a lock of the test's: by then the statement has its snapshot.
 */
final class StaleWriteBackTest {

  private static final String WAIT =
      "create function wait() returns boolean language plpgsql as $$ begin"
          + " perform pg_advisory_lock_shared(42); perform pg_advisory_unlock_shared(42);"
          + " return true; end $$";

  private static final PostgresFixture.Database database = PostgresFixture.database();

  private static Connection connect() throws SQLException {
    return DriverManager.getConnection(database.url(), database.username(), database.password());
  }

  @Test
  void whatWasReadBeforeAWriteIsNotStoredAfterIt() throws Exception {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute("create role slow_reader login password 'slow'");
    }
    try (ReaderFixture service =
        new ReaderFixture(
            database,
            // The fixture's URL names a user, too.
            "spring.datasource.url=" + database.url().replaceAll("user=\\w+", "user=slow_reader"),
            "spring.datasource.username=slow_reader",
            "spring.datasource.password=slow",
            "spring.data.redis.url=" + RedisFixture.url())) {
      Cached cached = Cached.in(service);
      String schema = "ns_" + cached.namespace().name();
      cached
          .namespace()
          .execute(
              "create table t (id int primary key, v text)",
              "insert into t values (1, 'old')",
              WAIT,
              "alter table t enable row level security",
              "create policy slow on t for select to slow_reader using (" + schema + ".wait())",
              "grant usage on schema " + schema + " to slow_reader",
              "grant select on t to slow_reader");
      try (Connection locking = connect();
          Statement lock = locking.createStatement()) {
        lock.execute("select pg_advisory_lock(42)");
        Future<GetResponse> during =
            ReaderServiceGrpc.newFutureStub(cached.channel(Cached.config()))
                .withDeadlineAfter(60, TimeUnit.SECONDS)
                .get(GetRequest.newBuilder().setCollection("t").setId("1").build());
        Await.until(
            "the read to be under way",
            () ->
                !cached
                    .namespace()
                    .select(
                        "select pid from pg_locks where locktype = 'advisory' and not granted"
                            + " and objid = 42")
                    .isEmpty());
        assertThat(during).isNotDone();
        cached.namespace().execute("update t set v = 'new'");
        cached.invalidate("t", "1");
        lock.execute("select pg_advisory_unlock(42)");
        assertThat(during.get().getRow().getFieldsOrThrow("v").getStringValue())
            .as("it has begun before the write")
            .isEqualTo("old");
      }
      assertThat(cached.v("t", "1")).isEqualTo("new");
      cached.namespace().execute("update t set v = 'past prism'");
      assertThat(cached.v("t", "1")).as("has a copy").isEqualTo("new");
    }
  }
}
