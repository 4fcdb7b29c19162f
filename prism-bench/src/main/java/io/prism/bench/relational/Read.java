package io.prism.bench.relational;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.prism.bench.client.StreamingCall;
import io.prism.bench.deployment.Service;
import io.prism.bench.load.ClosedLoop;
import io.prism.bench.load.Load;
import io.prism.bench.load.Operation;
import io.prism.bench.scenario.Bench;
import io.prism.bench.scenario.Scenario;
import io.prism.bench.scenario.Sides;
import io.prism.bench.scenario.Unit;
import io.prism.reader.v1.Page;
import io.prism.reader.v1.ReadRequest;
import io.prism.reader.v1.ReaderServiceGrpc;
import java.sql.PreparedStatement;
import java.sql.ResultSet;

/** How fast a whole table is read. */
public final class Read implements Scenario {
  private static final int PAGE = 1000;

  @Override
  public String name() {
    return "read";
  }

  @Override
  public String description() {
    return "Read of 100 000 rows, pages of 1000, one at a time, beside one select with fetch size 1000";
  }

  @Override
  public Unit unit() {
    return Unit.ROWS_PER_SECOND;
  }

  @Override
  public Service service() {
    return Service.READER;
  }

  @Override
  public Sides open(Bench bench) throws Exception {
    BenchTable table = BenchTable.create(bench, name());
    return new Sides(
        oneAtATime(bench, table, throughPrism(bench, table)),
        oneAtATime(bench, table, directly(bench, table)));
  }

  private static Load oneAtATime(Bench bench, BenchTable table, Operation operation) {
    return new ClosedLoop(1, table.rows(), bench.effort().readLimit(), Runnable::run, operation);
  }

  private static Operation throughPrism(Bench bench, BenchTable table) throws InterruptedException {
    ReadRequest request =
        ReadRequest.newBuilder().setCollection(table.name()).setPageSize(PAGE).build();
    StreamingCall<ReadRequest, Page> call =
        new StreamingCall<>(
            bench.client(Service.READER).channel(),
            ReaderServiceGrpc.getReadMethod(),
            Page::getRowsCount,
            new Quota(table.rows())::defect);
    return attempt -> call.start(request, attempt);
  }

  /** An application that wants all of a table asks for it once, and fetches as it goes. */
  private static Operation directly(Bench bench, BenchTable table) throws InterruptedException {
    String select = "select %s from %s order by id".formatted(Order.COLUMNS, table.stored());
    HikariConfig config = DirectPool.forReading();
    // Otherwise the driver fetches all rows at once.
    config.setAutoCommit(false);
    HikariDataSource pool = DirectPool.open(bench, config);
    return new JdbcOperation(
        pool,
        new Quota(table.rows()),
        connection -> {
          try (PreparedStatement statement = connection.prepareStatement(select)) {
            statement.setFetchSize(PAGE);
            try (ResultSet rows = statement.executeQuery()) {
              return Selected.inOrder(rows);
            }
          }
        });
  }
}
