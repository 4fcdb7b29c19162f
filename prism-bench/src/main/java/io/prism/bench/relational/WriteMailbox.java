package io.prism.bench.relational;

import com.google.protobuf.ByteString;
import com.zaxxer.hikari.HikariDataSource;
import io.prism.bench.client.Payload;
import io.prism.bench.client.UnaryCall;
import io.prism.bench.deployment.Service;
import io.prism.bench.load.ClosedLoop;
import io.prism.bench.load.Operation;
import io.prism.bench.scenario.Bench;
import io.prism.bench.scenario.Scenario;
import io.prism.bench.scenario.Sides;
import io.prism.bench.scenario.Unit;
import io.prism.transact.v1.MailboxWrite;
import io.prism.transact.v1.TransactServiceGrpc;
import io.prism.transact.v1.WriteRequest;
import io.prism.transact.v1.WriteResponse;

/** What Write can do with a row and a message. */
public final class WriteMailbox implements Scenario {
  private static final int IN_FLIGHT = 32;
  private static final Quota ROW_AND_MESSAGE = new Quota(2);

  @Override
  public String name() {
    return "write-mailbox";
  }

  @Override
  public String description() {
    return "Write of a row and 1 KB to one of 8 mailboxes, 32 in flight, beside a READ COMMITTED outbox";
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
    BenchTable table = BenchTable.create(bench, name());
    NewOrders orders = new NewOrders(table);
    ClosedLoop.Limit limit = bench.effort().limit();
    return new Sides(
        new ClosedLoop(IN_FLIGHT, limit, throughPrism(bench, orders)),
        new ClosedLoop(
            IN_FLIGHT, limit, directly(bench, orders, BenchOutbox.create(bench, table))));
  }

  private static Operation throughPrism(Bench bench, NewOrders orders) throws InterruptedException {
    UnaryCall<WriteRequest, WriteResponse> call =
        new UnaryCall<>(
            bench.client(Service.TRANSACT).channel(),
            TransactServiceGrpc.getWriteMethod(),
            answer -> ROW_AND_MESSAGE.defect(rows(answer)));
    ByteString message = Payload.kilobyte();
    return attempt -> {
      Order order = orders.next();
      MailboxWrite.Builder mailbox =
          MailboxWrite.newBuilder().setMailboxId("bench-" + mailbox(order)).setMessage(message);
      call.start(orders.request(order).setMailbox(mailbox).build(), attempt);
    };
  }

  private static int mailbox(Order order) {
    return (int) (order.id() % BenchOutbox.MAILBOXES);
  }

  static long rows(WriteResponse answer) {
    if (!answer.getCommitted()) {
      return 0;
    }
    int messages = answer.getMailboxResult().getSequence() > 0 ? 1 : 0;
    return answer.getDataResult().getRowsAffected() + messages;
  }

  private static Operation directly(Bench bench, NewOrders orders, BenchOutbox outbox)
      throws InterruptedException {
    HikariDataSource pool = DirectPool.open(bench, DirectPool.forReadCommitted());
    return new JdbcOperation(
        pool,
        ROW_AND_MESSAGE,
        connection -> {
          Order order = orders.next();
          return (long) orders.insert(connection, order)
              + outbox.insert(connection, mailbox(order));
        });
  }
}
