package io.prism.bench.relational;

import com.google.protobuf.Value;
import com.google.protobuf.util.Values;
import java.math.BigDecimal;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Map;

/** A row of a bench table, as an application has it. */
record Order(
    long id, int customer, String note, BigDecimal amount, OffsetDateTime placedAt, boolean paid) {

  static final String COLUMNS = "id, customer, note, amount, placed_at, paid";
  static final int WIDTH = 6;

  private static final OffsetDateTime FIRST =
      OffsetDateTime.of(2026, 1, 1, 0, 0, 0, 0, ZoneOffset.UTC);
  private static final int CENTS = 1_000_000;

  /** One to write, as the generated ones are. */
  static Order numbered(long id, int customers) {
    return new Order(
        id,
        (int) (id % customers),
        "order %032d".formatted(id),
        BigDecimal.valueOf(id % CENTS, 2),
        FIRST.plusSeconds(id),
        id % 3 == 0);
  }

  /** The statement that writes one. */
  static String insertInto(BenchTable table) {
    return "insert into %s (%s) values (?, ?, ?, ?, ?, ?)".formatted(table.stored(), COLUMNS);
  }

  /** Sets the parameters of that statement. */
  void bind(PreparedStatement insert) throws SQLException {
    insert.setLong(1, id);
    insert.setInt(2, customer);
    insert.setString(3, note);
    insert.setBigDecimal(4, amount);
    insert.setObject(5, placedAt);
    insert.setBoolean(6, paid);
  }

  /** From a row of {@link #COLUMNS}. */
  static Order of(ResultSet row) throws SQLException {
    return new Order(
        row.getLong(1),
        row.getInt(2),
        row.getString(3),
        row.getBigDecimal(4),
        row.getObject(5, OffsetDateTime.class),
        row.getBoolean(6));
  }

  /** As Prism takes it. */
  Map<String, Value> values() {
    return Map.of(
        "id", Values.of(Long.toString(id)),
        "customer", Values.of(customer),
        "note", Values.of(note),
        "amount", Values.of(amount.toPlainString()),
        "placed_at", Values.of(placedAt.toString()),
        "paid", Values.of(paid));
  }
}
