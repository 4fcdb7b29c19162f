package io.prism.reader.postgres;

import io.prism.relational.ColumnType;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jooq.DSLContext;
import org.jooq.Param;
import org.jooq.Query;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/**
 * A rendered statement and where the values of its parameters come from, in their order.
 *
 * @param text with {@code ?} for parameters
 * @param weight what its rows weighed so far
 */
record Sql(String text, List<Slot> slots, RowWeight weight) {

  private static final DSLContext RENDERER = DSL.using(SQLDialect.POSTGRES);

  /** What a parameter is a value of. */
  enum Source {
    FILTER,
    POSITION,
    LIMIT,
    SKIP
  }

  /** One parameter: the source and the place in it. */
  record Slot(Source source, int index) {

    <T> Param<T> param(Class<T> type) {
      return DSL.param(source + ":" + index, type);
    }

    static Slot parse(String name) {
      int colon = name.indexOf(':');
      return new Slot(
          Source.valueOf(name.substring(0, colon)), Integer.parseInt(name.substring(colon + 1)));
    }
  }

  /**
   * The values of one execution.
   *
   * @param filter in the order of the filter's conditions
   * @param position the keys that the scan goes on after
   * @param limit most rows
   * @param skip rows to leave out
   */
  record Values(
      List<@Nullable String> filter, List<@Nullable String> position, long limit, long skip) {}

  static Sql render(Query query) {
    return new Sql(
        RENDERER.render(query),
        RENDERER.extractParams(query).keySet().stream().map(Slot::parse).toList(),
        new RowWeight());
  }

  /** Prepares the statement with its values, for rows that are fetched by and by. */
  PreparedStatement prepare(Connection connection, Values values) throws SQLException {
    return bound(connection.prepareStatement(text), values);
  }

  /** The same for rows that are all fetched at once, and gone through in any order. */
  PreparedStatement prepareWhole(Connection connection, Values values) throws SQLException {
    return bound(
        connection.prepareStatement(
            text, ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_READ_ONLY),
        values);
  }

  private PreparedStatement bound(PreparedStatement statement, Values values) throws SQLException {
    try {
      for (int i = 0; i < slots.size(); i++) {
        bind(statement, i + 1, slots.get(i), values);
      }
      return statement;
    } catch (SQLException | RuntimeException e) {
      statement.close();
      throw e;
    }
  }

  private static void bind(PreparedStatement statement, int index, Slot slot, Values values)
      throws SQLException {
    switch (slot.source()) {
      case FILTER -> ColumnType.bind(statement, index, values.filter().get(slot.index()));
      case POSITION -> ColumnType.bind(statement, index, values.position().get(slot.index()));
      case LIMIT -> statement.setLong(index, values.limit());
      case SKIP -> statement.setLong(index, values.skip());
    }
  }
}
