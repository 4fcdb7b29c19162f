package io.prism.cache.testing;

import io.prism.starter.testing.Await;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * A view {@code slow} over a table {@code people} of one row, (1, 'Ada'). To read it counts, and
 * stops while the test holds it, after the row has been read.
 */
public final class SlowUsers implements AutoCloseable {

  private final CacheFixture fixture;
  private final String schema;
  private final long lock;
  private final Connection holder;

  public SlowUsers(CacheFixture fixture, String namespace) {
    this.fixture = fixture;
    this.schema = "ns_" + namespace;
    this.lock = namespace.hashCode();
    fixture.execute(
        "create schema " + schema,
        "create table " + schema + ".people (id int primary key, name text)",
        "insert into " + schema + ".people values (1, 'Ada')",
        "create sequence " + schema + ".loads",
        "create function "
            + schema
            + ".slowly(name text) returns text language plpgsql volatile as $$ begin"
            + " perform nextval('"
            + schema
            + ".loads'); perform pg_advisory_lock_shared("
            + lock
            + "); perform pg_advisory_unlock_shared("
            + lock
            + "); return name; end $$",
        "create view "
            + schema
            + ".slow as select id, "
            + schema
            + ".slowly(name) as name from "
            + schema
            + ".people");
    try {
      holder = fixture.connect();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Stops whoever reads from now on. */
  public void hold() {
    run("select pg_advisory_lock(" + lock + ")");
  }

  /** Lets them go on. */
  public void release() {
    run("select pg_advisory_unlock(" + lock + ")");
  }

  private void run(String sql) {
    try (Statement statement = holder.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** How many have read, or stand in the middle of it. */
  public int loads() {
    return Integer.parseInt(
        String.valueOf(
            fixture.select(
                "select case when is_called then last_value else 0 end from "
                    + schema
                    + ".loads")));
  }

  public void awaitLoads(int count) {
    Await.until(count + " loads", () -> loads() >= count);
  }

  public void rename(String name) {
    fixture.execute("update " + schema + ".people set name = '" + name + "'");
  }

  @Override
  public void close() {
    try {
      holder.close();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
