package io.prism.bench.relational;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.prism.bench.deployment.Database;
import io.prism.bench.deployment.Service;
import io.prism.bench.scenario.Bench;
import io.prism.transact.TransactProperties;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ClassPathResource;

/** Connections of an application, as many as the service beside it has, set up like those. */
public final class DirectPool {
  private static final String READ_COMMITTED = "TRANSACTION_READ_COMMITTED";
  private static final String SERIALIZABLE = "TRANSACTION_SERIALIZABLE";

  private DirectPool() {}

  /** Like those of reader-svc: each select is a read-only transaction. */
  public static HikariConfig forReading() {
    return configured(settings(Service.READER, "prism-reader.yml"));
  }

  /** Like those of transact-svc for Write; each statement is a serializable transaction. */
  static HikariConfig forStatements() {
    return forWrites(SERIALIZABLE, true);
  }

  /** As many, for transactions that must see what was committed while they waited. */
  static HikariConfig forReadCommitted() {
    return forWrites(READ_COMMITTED, false);
  }

  /** Like those of transact-svc for Transaction: serializable. */
  static HikariConfig forTransactions() {
    Binder settings = ofTransact();
    return configured(settings, properties(settings).transaction().maxOpen(), SERIALIZABLE, false);
  }

  /** A pool over the deployment's database, which goes with the scenario. */
  public static HikariDataSource open(Bench bench, HikariConfig config)
      throws InterruptedException {
    Database database = bench.deployment().database();
    config.setJdbcUrl(database.url());
    config.setUsername(database.user());
    config.setPassword(database.password());
    return bench.closeLater(new HikariDataSource(config));
  }

  private static HikariConfig forWrites(String isolation, boolean autoCommit) {
    Binder settings = ofTransact();
    return configured(settings, properties(settings).connections().writes(), isolation, autoCommit);
  }

  private static Binder ofTransact() {
    return settings(Service.TRANSACT, "prism-transact.yml");
  }

  private static TransactProperties properties(Binder settings) {
    return settings.bindOrCreate("prism.transact", TransactProperties.class);
  }

  private static Binder settings(Service service, String file) {
    StandardEnvironment environment = new StandardEnvironment();
    environment
        .getPropertySources()
        .addFirst(new MapPropertySource("deployed", Map.copyOf(service.properties())));
    try {
      new YamlPropertySourceLoader()
          .load(file, new ClassPathResource(file))
          .forEach(environment.getPropertySources()::addLast);
    } catch (IOException e) {
      throw new UncheckedIOException(file, e);
    }
    return Binder.get(environment);
  }

  private static HikariConfig configured(Binder settings) {
    return settings.bindOrCreate("spring.datasource.hikari", HikariConfig.class);
  }

  private static HikariConfig configured(
      Binder settings, int size, String isolation, boolean autoCommit) {
    HikariConfig config = configured(settings);
    config.setMaximumPoolSize(size);
    config.setTransactionIsolation(isolation);
    config.setAutoCommit(autoCommit);
    return config;
  }
}
