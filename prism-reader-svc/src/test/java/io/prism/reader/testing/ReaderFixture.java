package io.prism.reader.testing;

import io.grpc.ManagedChannel;
import io.prism.reader.ReaderApplication;
import io.prism.reader.v1.ReaderServiceGrpc;
import io.prism.reader.v1.ReaderServiceGrpc.ReaderServiceBlockingStub;
import io.prism.reader.v1.ReaderServiceGrpc.ReaderServiceStub;
import io.prism.starter.testing.PostgresFixture;
import io.prism.starter.testing.PrismTestServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** The Reader service with its own configuration, on a real socket behind the real chain. */
public final class ReaderFixture implements AutoCloseable {

  private static final AtomicInteger count = new AtomicInteger();
  private static @Nullable ReaderFixture shared;

  private final PostgresFixture.Database database;
  private final ConfigurableApplicationContext context;
  private final PrismTestServer server;

  /**
   * Starts the service over a database of its own.
   *
   * @param properties further properties, {@code name=value}
   */
  public ReaderFixture(String... properties) {
    this(PostgresFixture.database(), properties);
  }

  /** Starts a further instance of the service over a database that is there. */
  public ReaderFixture(PostgresFixture.Database database, String... properties) {
    this.database = database;
    // A property that is given twice would be a list.
    Map<String, String> arguments = new LinkedHashMap<>();
    arguments.put("spring.config.name", "prism-reader");
    arguments.put("spring.grpc.server.enabled", "false");
    arguments.put("spring.datasource.url", database.url());
    arguments.put("spring.datasource.username", database.username());
    arguments.put("spring.datasource.password", database.password());
    arguments.put("prism.session.feed.address", "false");
    for (String property : properties) {
      int equals = property.indexOf('=');
      arguments.put(property.substring(0, equals), property.substring(equals + 1));
    }
    context =
        new SpringApplicationBuilder(ReaderApplication.class)
            .web(WebApplicationType.NONE)
            .run(
                arguments.entrySet().stream()
                    .map(argument -> "--" + argument.getKey() + "=" + argument.getValue())
                    .toArray(String[]::new));
    server = PrismTestServer.of(context).blocking(true).start();
  }

  /** The service as it is by default, one for all tests of this JVM. */
  public static synchronized ReaderFixture shared() {
    ReaderFixture running = shared;
    if (running == null) {
      running = new ReaderFixture();
      shared = running;
    }
    return running;
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

  /** A namespace that no other test uses, with an empty schema. */
  public Namespace namespace() {
    String name = "t" + count.incrementAndGet();
    Namespace namespace = new Namespace(this, name);
    namespace.execute("create schema ns_" + name);
    return namespace;
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

  /** A namespace, its tables and clients that have a session in it. */
  public record Namespace(ReaderFixture fixture, String name) {

    /** Runs statements past the service, with the namespace's schema first. */
    public void execute(String... statements) {
      try (Connection connection = fixture.connect();
          Statement statement = connection.createStatement()) {
        statement.execute("set search_path to ns_" + name + ", public");
        for (String sql : statements) {
          statement.execute(sql);
        }
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }

    /** The first column of the rows of a statement, past the service. */
    public List<@Nullable String> select(String sql) {
      try (Connection connection = fixture.connect();
          Statement statement = connection.createStatement()) {
        statement.execute("set search_path to ns_" + name + ", public");
        List<@Nullable String> values = new ArrayList<>();
        try (ResultSet row = statement.executeQuery(sql)) {
          while (row.next()) {
            values.add(row.getString(1));
          }
        }
        return values;
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }

    /** Keeps all others from a table until it is closed. */
    public Connection locked(String table) {
      try {
        Connection connection = fixture.connect();
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
          statement.execute("lock table ns_" + name + "." + table + " in access exclusive mode");
        }
        return connection;
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }

    /** A channel of a new session that may read. */
    public ManagedChannel channel() {
      return fixture.server.channel(name, "reader:read");
    }

    public ReaderServiceBlockingStub reader() {
      return reader(channel());
    }

    /** The deadline counts from now, and is for all that a test class does with it. */
    public static ReaderServiceBlockingStub reader(ManagedChannel channel) {
      return ReaderServiceGrpc.newBlockingStub(channel).withDeadlineAfter(5, TimeUnit.MINUTES);
    }

    public ReaderServiceStub async() {
      return ReaderServiceGrpc.newStub(channel());
    }
  }
}
