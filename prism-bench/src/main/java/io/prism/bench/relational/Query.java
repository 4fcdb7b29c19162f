package io.prism.bench.relational;

import com.zaxxer.hikari.HikariDataSource;
import io.prism.bench.client.StreamingCall;
import io.prism.bench.deployment.Service;
import io.prism.bench.load.ClosedLoop;
import io.prism.bench.load.Operation;
import io.prism.bench.scenario.Bench;
import io.prism.bench.scenario.Scenario;
import io.prism.bench.scenario.Sides;
import io.prism.bench.scenario.Unit;
import io.prism.reader.v1.QueryRequest;
import io.prism.reader.v1.ReaderServiceGrpc;
import io.prism.reader.v1.Row;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.function.IntSupplier;

/** What Query can do where an index leads to the rows. */
public final class Query implements Scenario {
  private static final int IN_FLIGHT = 16;
  private static final int LIMIT = 100;
  private static final Quota QUOTA = new Quota(LIMIT);

  @Override
  public String name() {
    return "query";
  }

  @Override
  public String description() {
    return "Query of 100 rows by an indexed column, 16 in flight, beside a select of as many";
  }

  @Override
  public Unit unit() {
    return Unit.CALLS_PER_SECOND;
  }

  @Override
  public Service service() {
    return Service.READER;
  }

  @Override
  public Sides open(Bench bench) throws Exception {
    BenchTable table = BenchTable.create(bench, name());
    ClosedLoop.Limit limit = bench.effort().readLimit();
    return new Sides(
        new ClosedLoop(IN_FLIGHT, limit, throughPrism(bench, table)),
        new ClosedLoop(IN_FLIGHT, limit, directly(bench, table)));
  }

  private static Operation throughPrism(Bench bench, BenchTable table) throws InterruptedException {
    StreamingCall<QueryRequest, Row> call =
        new StreamingCall<>(
            bench.client(Service.READER).channel(),
            ReaderServiceGrpc.getQueryMethod(),
            row -> 1,
            QUOTA::defect);
    IntSupplier customers = ByCustomer.any(table);
    return attempt ->
        call.start(
            QueryRequest.newBuilder()
                .setCollection(table.name())
                .setFilter(ByCustomer.filter(customers.getAsInt()))
                .setLimit(LIMIT)
                .build(),
            attempt);
  }

  private static Operation directly(Bench bench, BenchTable table) throws InterruptedException {
    String select =
        "select %s from %s where %s order by id limit ?"
            .formatted(Order.COLUMNS, table.stored(), ByCustomer.CONDITION);
    IntSupplier customers = ByCustomer.any(table);
    HikariDataSource pool = DirectPool.open(bench, DirectPool.forReading());
    return new JdbcOperation(
        pool,
        QUOTA,
        connection -> {
          try (PreparedStatement statement = connection.prepareStatement(select)) {
            statement.setInt(1, customers.getAsInt());
            statement.setInt(2, LIMIT);
            try (ResultSet rows = statement.executeQuery()) {
              return Selected.inOrder(rows);
            }
          }
        });
  }
}
