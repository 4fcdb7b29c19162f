package io.prism.cache.testing;

import io.prism.cache.CacheApplication;
import io.prism.config.v1.CacheConfig;
import io.prism.redis.testing.RedisFixture;
import io.prism.starter.testing.PostgresFixture;
import io.prism.starter.testing.PrismTestServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** The Cache service with its own configuration, on a real socket behind the real chain. */
public final class CacheFixture implements AutoCloseable {

  private static @Nullable CacheFixture shared;

  private final PostgresFixture.Database database;
  private final ConfigurableApplicationContext context;
  private final PrismTestServer server;

  /**
   * Starts an instance of the service.
   *
   * @param redis URL of its Redis
   * @param properties further properties, {@code name=value}
   */
  public CacheFixture(PostgresFixture.Database database, String redis, String... properties) {
    this(database, withUrl(redis, properties));
  }

  /**
   * Starts an instance of the service over a Redis that is not one server.
   *
   * @param properties where its Redis is, and further ones, {@code name=value}
   */
  public CacheFixture(PostgresFixture.Database database, List<String> properties) {
    this.database = database;
    List<String> arguments = new ArrayList<>();
    arguments.add("--spring.config.name=prism-cache");
    arguments.add("--spring.grpc.server.enabled=false");
    arguments.add("--spring.datasource.url=" + database.url());
    arguments.add("--spring.datasource.username=" + database.username());
    arguments.add("--spring.datasource.password=" + database.password());
    arguments.add("--prism.session.feed.address=false");
    arguments.add("--prism.backend.open-for=200ms");
    for (String property : properties) {
      arguments.add("--" + property);
    }
    context =
        new SpringApplicationBuilder(CacheApplication.class)
            .web(WebApplicationType.NONE)
            .run(arguments.toArray(String[]::new));
    server = PrismTestServer.of(context).start();
  }

  private static List<String> withUrl(String redis, String... properties) {
    List<String> all = new ArrayList<>(List.of(properties));
    all.add("spring.data.redis.url=" + redis);
    return all;
  }

  /** The service as it is by default, one for all tests of this JVM. */
  public static synchronized CacheFixture shared() {
    CacheFixture running = shared;
    if (running == null) {
      running = new CacheFixture(PostgresFixture.database(), RedisFixture.url());
      shared = running;
    }
    return running;
  }

  /** A further instance over the same stores. */
  public CacheFixture another(String... properties) {
    return new CacheFixture(database, RedisFixture.url(), properties);
  }

  public ConfigurableApplicationContext context() {
    return context;
  }

  public PrismTestServer server() {
    return server;
  }

  public PostgresFixture.Database database() {
    return database;
  }

  /** A client in a namespace that no other test uses, whose session has this configuration. */
  public Client client(CacheConfig.Builder config) {
    return client("t" + UUID.randomUUID().toString().replace("-", ""), config);
  }

  /** A client in a namespace, whose session has this configuration. */
  public Client client(String namespace, CacheConfig.Builder config) {
    return new Client(server, namespace, config.build());
  }

  /** Runs statements past the service. */
  public void execute(String... statements) {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The first column of the first row of a statement, past the service; null when it has none. */
  public @Nullable String select(String sql) {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      return row.next() ? row.getString(1) : null;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A connection past the service. */
  public Connection connect() throws SQLException {
    return DriverManager.getConnection(database.url(), database.username(), database.password());
  }

  @Override
  public void close() {
    server.close();
    context.close();
  }
}
