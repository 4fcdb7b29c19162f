package io.prism.bench.relational;

import com.zaxxer.hikari.HikariDataSource;
import io.grpc.Channel;
import io.prism.bench.deployment.Service;
import io.prism.bench.load.ClosedLoop;
import io.prism.bench.load.Load;
import io.prism.bench.load.Operation;
import io.prism.bench.scenario.Bench;
import io.prism.bench.scenario.Scenario;
import io.prism.bench.scenario.Sides;
import io.prism.bench.scenario.Unit;

/** What Transaction can do. */
public final class Transaction implements Scenario {
  private static final int IN_FLIGHT = 16;
  private static final int INSERTS = 10;
  private static final Quota QUOTA = new Quota(INSERTS);

  @Override
  public String name() {
    return "transaction";
  }

  @Override
  public String description() {
    return "Transaction of 10 inserts one by one, SERIALIZABLE, 16 streams, beside the same with JDBC";
  }

  @Override
  public Unit unit() {
    return Unit.ROWS_PER_SECOND;
  }

  @Override
  public Service service() {
    return Service.TRANSACT;
  }

  @Override
  public Sides open(Bench bench) throws Exception {
    NewOrders orders = new NewOrders(BenchTable.create(bench, name()));
    Channel channel = bench.client(service()).channel();
    return new Sides(
        loop(bench, attempt -> InsertStream.start(channel, orders, QUOTA, attempt)),
        loop(bench, directly(bench, orders)));
  }

  private static Load loop(Bench bench, Operation operation) {
    return new ClosedLoop(IN_FLIGHT, INSERTS, bench.effort().limit(), Runnable::run, operation);
  }

  private static Operation directly(Bench bench, NewOrders orders) throws InterruptedException {
    HikariDataSource pool = DirectPool.open(bench, DirectPool.forTransactions());
    return new JdbcOperation(
        pool,
        QUOTA,
        connection -> {
          long rows = 0;
          for (int i = 0; i < INSERTS; i++) {
            rows += orders.insert(connection, orders.next());
          }
          return rows;
        });
  }
}
