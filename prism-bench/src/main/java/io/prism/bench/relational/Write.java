package io.prism.bench.relational;

import com.zaxxer.hikari.HikariDataSource;
import io.prism.bench.client.UnaryCall;
import io.prism.bench.deployment.Service;
import io.prism.bench.load.ClosedLoop;
import io.prism.bench.scenario.Bench;
import io.prism.bench.scenario.Scenario;
import io.prism.bench.scenario.Sides;
import io.prism.bench.scenario.Unit;
import io.prism.transact.v1.TransactServiceGrpc;
import io.prism.transact.v1.WriteRequest;
import io.prism.transact.v1.WriteResponse;

/** What Write can do with rows alone. */
public final class Write implements Scenario {
  private static final int IN_FLIGHT = 32;
  private static final Quota ONE = new Quota(1);

  @Override
  public String name() {
    return "write";
  }

  @Override
  public String description() {
    return "Write of one row, SERIALIZABLE, 32 in flight, beside an insert that commits by itself";
  }

  @Override
  public Unit unit() {
    return Unit.CALLS_PER_SECOND;
  }

  @Override
  public Service service() {
    return Service.TRANSACT;
  }

  @Override
  public Sides open(Bench bench) throws Exception {
    NewOrders orders = new NewOrders(BenchTable.create(bench, name()));
    UnaryCall<WriteRequest, WriteResponse> call =
        new UnaryCall<>(
            bench.client(service()).channel(),
            TransactServiceGrpc.getWriteMethod(),
            answer -> ONE.defect(rows(answer)));
    HikariDataSource pool = DirectPool.open(bench, DirectPool.forStatements());
    ClosedLoop.Limit limit = bench.effort().limit();
    return new Sides(
        new ClosedLoop(
            IN_FLIGHT,
            limit,
            attempt -> call.start(orders.request(orders.next()).build(), attempt)),
        new ClosedLoop(
            IN_FLIGHT,
            limit,
            new JdbcOperation(pool, ONE, connection -> orders.insert(connection, orders.next()))));
  }

  private static long rows(WriteResponse answer) {
    return answer.getCommitted() ? answer.getDataResult().getRowsAffected() : 0;
  }
}
