package io.prism.timeseries.clickhouse;

import com.clickhouse.client.api.Client;
import com.clickhouse.client.api.ClientFaultCause;
import com.clickhouse.client.api.insert.InsertResponse;
import com.clickhouse.client.api.insert.InsertSettings;
import com.clickhouse.client.api.query.QueryResponse;
import com.clickhouse.client.api.query.QuerySettings;
import com.clickhouse.data.ClickHouseFormat;
import io.prism.starter.backend.BackendGuard;
import io.prism.starter.call.Deadlines;
import io.prism.starter.observe.BackendProbe;
import java.io.IOException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The connection with ClickHouse. Everything blocks, on a virtual thread. */
public final class ClickHouseLink implements AutoCloseable, BackendProbe {

  private static final Duration PROBE_LIMIT = Duration.ofSeconds(3);

  /** How much longer the connection waits than ClickHouse works, which has more to say. */
  private static final Duration GRACE = Duration.ofSeconds(2);

  /** A connection that ClickHouse had closed before it was used is no reason to fail. */
  private static final int RETRIES = 1;

  private final ClickHouseSettings settings;
  private final BackendGuard guard;
  private final Client client;
  private final Schema schema = new Schema();

  public ClickHouseLink(ClickHouseSettings settings, BackendGuard guard) {
    this.settings = settings;
    this.guard = guard;
    Client.Builder builder =
        new Client.Builder()
            .addEndpoint(settings.endpoint().toString())
            .setUsername(settings.user())
            .setPassword(settings.password() == null ? "" : settings.password())
            .setDefaultDatabase(settings.database())
            .setMaxConnections(settings.maxConnections())
            .setConnectTimeout(settings.connectTimeout().toMillis())
            .setConnectionRequestTimeout(settings.timeLimit().toMillis(), ChronoUnit.MILLIS)
            .compressServerResponse(settings.compression())
            .compressClientRequest(settings.compression())
            .retryOnFailures(ClientFaultCause.NoHttpResponse)
            .setMaxRetries(RETRIES);
    this.client = builder.build();
  }

  /** What is done with the rows of an answer. */
  interface Rows<T> {
    T take(RowBinaryReader rows) throws IOException;
  }

  /** Writes the rows of an insert; more than once if it has to be tried again. */
  interface RowSource {
    void write(RowBinaryWriter rows) throws IOException;
  }

  /** Runs a statement that only reads. Rows that are not taken are not transferred. */
  <T> T read(String operation, Sql sql, Rows<T> rows) {
    schema.ensure(new Setup());
    return call(
        operation, () -> ask(settings.database(), sql, reading(settings.timeLimit()), rows));
  }

  /** Runs a statement that writes what it reads. */
  void run(String operation, Sql sql) {
    schema.ensure(new Setup());
    call(operation, () -> ask(settings.database(), sql, writing(), rows -> true));
  }

  /** Adds rows to a table. */
  void insert(String operation, String table, List<String> columns, RowSource rows) {
    schema.ensure(new Setup());
    call(operation, () -> send(table, columns, rows));
  }

  private <T> T call(String operation, Callable<T> work) {
    try {
      return guard.call(operation, () -> interruptibly(work));
    } catch (RuntimeException e) {
      throw ClickHouseFailures.translated(e);
    }
  }

  private static <T> T interruptibly(Callable<T> work) {
    try (Interruption _ = new Interruption()) {
      return work.call();
    } catch (Exception e) {
      throw ClickHouseFailures.ofCall(e);
    }
  }

  @SuppressWarnings("try") // What the answer's close() declares is any exception.
  private <T> T ask(String database, Sql sql, QuerySettings how, Rows<T> rows) throws Exception {
    how.setFormat(ClickHouseFormat.RowBinary).setDatabase(database);
    Map<String, Object> values = ParameterText.of(sql.values());
    try (QueryResponse response = client.query(sql.text(), values, how).join()) {
      return rows.take(new RowBinaryReader(response.getInputStream()));
    }
  }

  @SuppressWarnings("try") // As above.
  private @Nullable Void send(String table, List<String> columns, RowSource rows) throws Exception {
    Duration limit = Deadlines.remaining(settings.insertTimeLimit());
    InsertSettings how =
        new InsertSettings()
            .setDatabase(settings.database())
            .serverSetting("max_execution_time", seconds(limit))
            .serverSetting("wait_end_of_query", "1")
            // An insert of ours is whole already, and done only when it is durable.
            .serverSetting("async_insert", "0")
            .serverSetting("max_partitions_per_insert_block", "0");
    how.setNetworkTimeout(limit.plus(GRACE).toMillis(), ChronoUnit.MILLIS);
    try (InsertResponse _ =
        client
            .insert(
                table,
                columns,
                out -> {
                  RowBinaryWriter writer = new RowBinaryWriter(out);
                  rows.write(writer);
                  writer.flush();
                },
                ClickHouseFormat.RowBinary,
                how)
            .join()) {
      return null;
    }
  }

  private static QuerySettings reading(Duration limit) {
    QuerySettings how = settings(limit);
    // Neither writes nor goes on when nobody waits for it any more.
    how.serverSetting("readonly", "2");
    how.serverSetting("cancel_http_readonly_queries_on_client_close", "1");
    // Events with one key are in one partition.
    return how.serverSetting("do_not_merge_across_partitions_select_final", "1");
  }

  private QuerySettings writing() {
    QuerySettings how = settings(settings.insertTimeLimit());
    how.serverSetting("async_insert", "0");
    how.serverSetting("max_partitions_per_insert_block", "0");
    return how.serverSetting("do_not_merge_across_partitions_select_final", "1");
  }

  /**
   * Those of every statement. It ends with its call, and its answer begins when it is whole, since
   * a failure in the middle could not be told from rows.
   */
  private static QuerySettings settings(Duration most) {
    Duration limit = Deadlines.remaining(most);
    QuerySettings how = new QuerySettings().waitEndOfQuery(true);
    how.setNetworkTimeout(limit.plus(GRACE).toMillis(), ChronoUnit.MILLIS);
    return how.serverSetting("max_execution_time", seconds(limit));
  }

  /** At least a millisecond, since 0 is no limit at all. */
  private static String seconds(Duration limit) {
    long millis = Math.max(1, limit.toMillis());
    long perSecond = TimeUnit.SECONDS.toMillis(1);
    return "%d.%03d".formatted(millis / perSecond, millis % perSecond);
  }

  @Override
  public String name() {
    return "clickhouse";
  }

  @Override
  public void check() throws Exception {
    ask(
        Setup.SYSTEM_DATABASE,
        new Sql().add("SELECT 1"),
        reading(PROBE_LIMIT),
        RowBinaryReader::hasNext);
    schema.ensure(new Setup());
  }

  @Override
  public void close() {
    client.close();
  }

  private final class Setup implements Schema.Statements {

    /** Is always there. */
    static final String SYSTEM_DATABASE = "system";

    private static final String OPERATION = "schema";

    @Override
    public void makeDatabase() {
      String name = settings.database();
      Sql find = new Sql();
      find.add("SELECT 1 FROM system.databases WHERE name = ").add(find.string(name));
      boolean there =
          call(
              OPERATION,
              () ->
                  ask(
                      SYSTEM_DATABASE,
                      find,
                      reading(settings.timeLimit()),
                      RowBinaryReader::hasNext));
      if (!there) {
        Sql make = new Sql();
        make.add("CREATE DATABASE IF NOT EXISTS ").add(make.identifier(name));
        call(OPERATION, () -> ask(SYSTEM_DATABASE, make, writing(), rows -> true));
      }
    }

    @Override
    public void run(String statement) {
      Sql sql = new Sql().add(statement);
      call(OPERATION, () -> ask(settings.database(), sql, writing(), rows -> true));
    }

    @Override
    public int version() {
      Sql sql = new Sql().add("SELECT toInt32(max(version)) FROM schema_versions");
      return call(
          OPERATION,
          () ->
              ask(settings.database(), sql, reading(settings.timeLimit()), RowBinaryReader::int32));
    }
  }
}
