package io.prism.bench.relational;

import io.prism.transact.v1.DataWrite;
import io.prism.transact.v1.WriteRequest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicLong;

/** Orders to write, each with an id that no other has; both ways take theirs from here. */
final class NewOrders {
  private final BenchTable table;
  private final String insert;
  private final AtomicLong lastId;

  NewOrders(BenchTable table) {
    this.table = table;
    this.insert = Order.insertInto(table);
    this.lastId = new AtomicLong(table.rows());
  }

  Order next() {
    return Order.numbered(lastId.incrementAndGet(), table.customers());
  }

  /** The insert of an order through Prism. */
  WriteRequest.Builder request(Order order) {
    return WriteRequest.newBuilder()
        .setData(
            DataWrite.newBuilder()
                .setTable(table.name())
                .setMode(DataWrite.WriteMode.WRITE_MODE_INSERT)
                .putAllRecord(order.values()));
  }

  /** The same with JDBC; returns how many rows it has written. */
  int insert(Connection connection, Order order) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(insert)) {
      order.bind(statement);
      return statement.executeUpdate();
    }
  }
}
