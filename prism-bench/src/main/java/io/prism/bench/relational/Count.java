package io.prism.bench.relational;

import com.zaxxer.hikari.HikariDataSource;
import io.prism.bench.client.UnaryCall;
import io.prism.bench.deployment.Service;
import io.prism.bench.load.ClosedLoop;
import io.prism.bench.load.Operation;
import io.prism.bench.scenario.Bench;
import io.prism.bench.scenario.Scenario;
import io.prism.bench.scenario.Sides;
import io.prism.bench.scenario.Unit;
import io.prism.reader.v1.CountRequest;
import io.prism.reader.v1.CountResponse;
import io.prism.reader.v1.ReaderServiceGrpc;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.function.IntSupplier;

/** What Count can do where an index leads to the rows. */
public final class Count implements Scenario {
  private static final int IN_FLIGHT = 16;
  private static final Quota QUOTA = new Quota(BenchTable.ROWS_PER_CUSTOMER);

  @Override
  public String name() {
    return "count";
  }

  @Override
  public String description() {
    return "Count of 200 rows by an indexed column, 16 in flight, beside select count(*)";
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
    UnaryCall<CountRequest, CountResponse> call =
        new UnaryCall<>(
            bench.client(Service.READER).channel(),
            ReaderServiceGrpc.getCountMethod(),
            answer -> QUOTA.defect(answer.getCount()));
    IntSupplier customers = ByCustomer.any(table);
    return attempt ->
        call.start(
            CountRequest.newBuilder()
                .setCollection(table.name())
                .setFilter(ByCustomer.filter(customers.getAsInt()))
                .build(),
            attempt);
  }

  private static Operation directly(Bench bench, BenchTable table) throws InterruptedException {
    String select =
        "select count(*) from %s where %s".formatted(table.stored(), ByCustomer.CONDITION);
    IntSupplier customers = ByCustomer.any(table);
    HikariDataSource pool = DirectPool.open(bench, DirectPool.forReading());
    return new JdbcOperation(
        pool,
        QUOTA,
        connection -> {
          try (PreparedStatement statement = connection.prepareStatement(select)) {
            statement.setInt(1, customers.getAsInt());
            try (ResultSet count = statement.executeQuery()) {
              return count.next() ? count.getLong(1) : 0;
            }
          }
        });
  }
}
