package io.prism.relational;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A table or view as the catalogue knew it at some moment.
 *
 * <p>Each reading of the catalogue makes a table of its own, and tables are equal only to
 * themselves: what was derived from one, such as SQL, may be kept with it as key.
 */
public final class Table {

  /** What a relation is. */
  public enum Kind {
    TABLE,
    PARTITIONED_TABLE,
    VIEW,
    MATERIALIZED_VIEW
  }

  private final SchemaName schema;
  private final String name;
  private final Kind kind;
  private final List<Column> columns;
  private final List<Column> primaryKey;
  private final Rows rows;
  private final Map<String, Column> byName = new LinkedHashMap<>();

  /**
   * What is known of its rows.
   *
   * @param shape see {@link Table#shape}
   * @param shared see {@link Table#sharesRows}
   * @param wholes see {@link Table#wholes}
   */
  record Rows(long shape, boolean shared, List<String> wholes) {
    Rows {
      wholes = List.copyOf(wholes);
    }
  }

  Table(
      SchemaName schema,
      String name,
      Kind kind,
      List<Column> columns,
      List<Column> primaryKey,
      Rows rows) {
    this.schema = schema;
    this.name = name;
    this.kind = kind;
    this.columns = List.copyOf(columns);
    this.primaryKey = List.copyOf(primaryKey);
    this.rows = rows;
    columns.forEach(column -> byName.put(column.name(), column));
  }

  public SchemaName schema() {
    return schema;
  }

  public String name() {
    return name;
  }

  public Kind kind() {
    return kind;
  }

  /** All columns, in the order of their definition. */
  public List<Column> columns() {
    return columns;
  }

  /** The columns of the primary key, in its order; empty when there is none. */
  public List<Column> primaryKey() {
    return primaryKey;
  }

  /** The column of exactly this name. */
  public Optional<Column> column(String column) {
    return Optional.ofNullable(byName.get(column));
  }

  /** Whether rows are stored here, each with a system version (xmin), and not computed. */
  public boolean isStored() {
    return kind == Kind.TABLE || kind == Kind.PARTITIONED_TABLE;
  }

  /**
   * A number for what a row of it looks like: another one after each change of its columns and
   * their types, and after it was made anew, emptied or rewritten as a whole. The same for whoever
   * reads the catalogue.
   */
  public long shape() {
    return rows.shape();
  }

  /**
   * Whether a statement on another table may change its rows: it is a partition, or one of the two
   * inherits from the other. A statement on a partition of its own is not meant.
   */
  public boolean sharesRows() {
    return rows.shared();
  }

  /** The partitioned tables of the same schema whose rows its rows are, too. */
  public List<String> wholes() {
    return rows.wholes();
  }

  @Override
  public String toString() {
    return schema.name() + "." + name;
  }
}
