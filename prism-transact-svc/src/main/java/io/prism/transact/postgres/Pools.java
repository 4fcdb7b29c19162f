package io.prism.transact.postgres;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;

/** Makes the pools of writes, which are like the configured one but for their sessions. */
public final class Pools {

  private Pools() {}

  /**
   * A pool for transactions.
   *
   * @param configured where the database is, and everything else
   * @param idleLimit after which PostgreSQL itself ends a transaction that nobody goes on with: an
   *     instance that was cut off cannot
   */
  public static HikariDataSource forTransactions(
      HikariDataSource configured,
      String name,
      int size,
      Duration idleLimit,
      MeterRegistry meters) {
    HikariConfig config = like(configured, name, size, meters);
    config.setMinimumIdle(Math.min(size, 2));
    config.setConnectionInitSql(
        "select set_config('idle_in_transaction_session_timeout', '%d', false),"
                .formatted(idleLimit.plusSeconds(30).toMillis())
            // Who waits for a lock for a client that is gone would not notice.
            + " set_config('client_connection_check_interval', '2000', false)");
    return new HikariDataSource(config);
  }

  /** A pool of connections that are used for long, made when they are needed. */
  public static HikariDataSource forLongUse(
      HikariDataSource configured, String name, int size, MeterRegistry meters) {
    HikariConfig config = like(configured, name, Math.max(1, size), meters);
    config.setMinimumIdle(0);
    return new HikariDataSource(config);
  }

  private static HikariConfig like(
      HikariDataSource configured, String name, int size, MeterRegistry meters) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(configured.getJdbcUrl());
    config.setUsername(configured.getUsername());
    config.setPassword(configured.getPassword());
    config.setConnectionTimeout(configured.getConnectionTimeout());
    config.setValidationTimeout(configured.getValidationTimeout());
    config.setMaxLifetime(configured.getMaxLifetime());
    config.setKeepaliveTime(configured.getKeepaliveTime());
    configured
        .getDataSourceProperties()
        .forEach((key, value) -> config.addDataSourceProperty(key.toString(), value));
    // Who waits for a lock is silent for as long as he may wait; limits are kept elsewhere.
    config.addDataSourceProperty("socketTimeout", "0");
    config.setPoolName(name);
    config.setMaximumPoolSize(size);
    config.setAutoCommit(true);
    // The store may be away when this starts.
    config.setInitializationFailTimeout(-1);
    config.setMetricRegistry(meters);
    return config;
  }
}
