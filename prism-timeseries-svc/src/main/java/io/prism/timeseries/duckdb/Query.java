package io.prism.timeseries.duckdb;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/** A statement in the making: text of our own, and values that only ever are parameters. */
final class Query {

  private final StringBuilder sql = new StringBuilder();
  private final List<Object> values = new ArrayList<>();

  /** Adds text with a question mark for each of the values. */
  Query add(String text, Object... parameters) {
    sql.append(text);
    values.addAll(List.of(parameters));
    return this;
  }

  Query add(Query other) {
    sql.append(other.sql);
    values.addAll(other.values);
    return this;
  }

  /** Adds that an expression is one of some values; nothing when there are none. */
  Query andIn(String expression, Collection<?> allowed) {
    if (!allowed.isEmpty()) {
      sql.append(" AND ").append(expression).append(" IN (");
      sql.append(allowed.stream().map(value -> "?").collect(Collectors.joining(", "))).append(')');
      values.addAll(allowed);
    }
    return this;
  }

  PreparedStatement prepare(Link link) throws SQLException {
    return link.prepare(sql.toString(), values);
  }

  void run(Link link) throws SQLException {
    try (PreparedStatement statement = prepare(link)) {
      statement.execute();
    }
  }

  @Override
  public String toString() {
    return sql.toString();
  }
}
