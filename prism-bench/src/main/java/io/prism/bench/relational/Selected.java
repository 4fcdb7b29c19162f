package io.prism.bench.relational;

import io.prism.bench.load.WorkNotDone;
import java.sql.ResultSet;
import java.sql.SQLException;

/** What a select has returned. */
final class Selected {
  private Selected() {}

  /** Reads all of it and returns how many rows there are, each with a higher id than the last. */
  static long inOrder(ResultSet rows) throws SQLException {
    long count = 0;
    long last = 0;
    while (rows.next()) {
      Order order = Order.of(rows);
      if (order.id() <= last) {
        throw new WorkNotDone("id %d after %d, expected a higher one".formatted(order.id(), last));
      }
      last = order.id();
      count++;
    }
    return count;
  }
}
