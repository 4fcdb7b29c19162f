package io.prism.transact.testing;

import io.micrometer.core.instrument.MeterRegistry;
import io.prism.relational.SchemaName;
import io.prism.starter.testing.Await;
import io.prism.starter.testing.PostgresFixture;
import io.prism.starter.testing.PostgresFixture.Database;
import io.prism.starter.testing.PrismTestServer;
import io.prism.transact.TransactApplication;
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

/** The Transact service with its own configuration, on a real socket behind the real chain. */
public final class TransactFixture implements AutoCloseable {

  private static @Nullable TransactFixture shared;

  private final Database database;
  private final ConfigurableApplicationContext context;
  private final PrismTestServer server;

  private TransactFixture(Database database, String... properties) {
    this.database = database;
    List<String> arguments = new ArrayList<>();
    arguments.add("--spring.config.name=prism-transact");
    arguments.add("--spring.grpc.server.enabled=false");
    arguments.add("--spring.datasource.url=" + database.url());
    arguments.add("--spring.datasource.username=" + database.username());
    arguments.add("--spring.datasource.password=" + database.password());
    arguments.add("--prism.session.feed.address=false");
    for (String property : properties) {
      arguments.add("--" + property);
    }
    context =
        new SpringApplicationBuilder(TransactApplication.class)
            .web(WebApplicationType.NONE)
            .run(arguments.toArray(String[]::new));
    server = PrismTestServer.of(context).blocking(true).start();
  }

  /** The service as it is by default, one for all tests of this JVM. */
  public static synchronized TransactFixture shared() {
    TransactFixture running = shared;
    if (running == null) {
      running = new TransactFixture(PostgresFixture.database());
      shared = running;
    }
    return running;
  }

  /** A service of its own on a database of its own; {@code name=value}. */
  public static TransactFixture start(String... properties) {
    return new TransactFixture(PostgresFixture.database(), properties);
  }

  /** A service of its own. */
  public static TransactFixture on(Database database, String... properties) {
    return new TransactFixture(database, properties);
  }

  public Database database() {
    return database;
  }

  public ConfigurableApplicationContext context() {
    return context;
  }

  public PrismTestServer server() {
    return server;
  }

  /** A client with a session of its own in a namespace. */
  public Client client(String namespace) {
    return client(namespace, server.tokens().session().namespace(namespace).token());
  }

  /** A client with a token. */
  public Client client(String namespace, String token) {
    return new Client(namespace, token, server.channel(token));
  }

  /** A client in a namespace of its own, whose schema has these tables. */
  public Client clientWith(String... ddl) {
    String namespace = newNamespace();
    define(namespace, ddl);
    return client(namespace);
  }

  /** A namespace that no other test uses. */
  public static String newNamespace() {
    return "t-" + UUID.randomUUID().toString().replace("-", "").substring(0, 12);
  }

  /** Runs SQL in the schema of a namespace, which is made if need be. */
  public void define(String namespace, String... ddl) {
    String schema = SchemaName.of(namespace).name();
    try (Connection connection = connection();
        Statement statement = connection.createStatement()) {
      statement.execute("create schema if not exists \"" + schema + "\"");
      statement.execute("set search_path to \"" + schema + "\"");
      for (String sql : ddl) {
        statement.execute(sql);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A connection of the test's own. */
  public Connection connection() throws SQLException {
    return DriverManager.getConnection(database.url(), database.username(), database.password());
  }

  /** The rows of a query in a namespace's schema, as texts: columns separated by a bar. */
  public List<String> query(String namespace, String sql) {
    try (Connection connection = connection();
        Statement statement = connection.createStatement()) {
      statement.execute("set search_path to \"" + SchemaName.of(namespace).name() + "\"");
      try (ResultSet rows = statement.executeQuery(sql)) {
        List<String> found = new ArrayList<>();
        int columns = rows.getMetaData().getColumnCount();
        while (rows.next()) {
          List<String> row = new ArrayList<>();
          for (int i = 1; i <= columns; i++) {
            row.add(String.valueOf(rows.getString(i)));
          }
          found.add(String.join("|", row));
        }
        return found;
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Transactions of the service that are open in PostgreSQL, with what they do. */
  public List<String> openTransactions() {
    return query(
        "none",
        """
        select state, query from pg_stat_activity
        where datname = current_database() and application_name = 'prism-transact-svc'
        and state <> 'idle'
        """);
  }

  /** Advisory locks, and locks on rows and tables that sessions of the service hold. */
  public List<String> locks() {
    return query(
        "none",
        """
        select l.locktype, l.mode, coalesce(l.relation::regclass::text, '')
        from pg_locks l join pg_stat_activity a on a.pid = l.pid
        where a.datname = current_database() and a.application_name = 'prism-transact-svc'
        """);
  }

  /** How many sessions of the service wait for a lock. */
  public int waiting() {
    return Integer.parseInt(
        query(
                "none",
                """
                select count(*) from pg_stat_activity where datname = current_database()
                and application_name = 'prism-transact-svc' and wait_event_type = 'Lock'
                """)
            .getFirst());
  }

  /** Connections that the service has taken out of its pool for writes. */
  public int activeConnections() {
    return (int)
        meters()
            .get("hikaricp.connections.active")
            .tag("pool", "prism-transact-writes")
            .gauge()
            .value();
  }

  public MeterRegistry meters() {
    return context.getBean(MeterRegistry.class);
  }

  /** Waits until nothing of any transaction is left. */
  public void awaitNothingLeft() {
    Await.value("no open transaction", this::openTransactions, List::isEmpty);
    Await.value("no lock", this::locks, List::isEmpty);
    Await.value("no connection in use", this::activeConnections, active -> active == 0);
  }

  @Override
  public void close() {
    server.close();
    context.close();
  }
}
