package io.prism.relational;

import com.google.protobuf.Value;
import io.prism.relational.ColumnType.Kind;
import io.prism.starter.error.PrismException;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How a row of a table is called by whoever keeps a copy of it and whoever removes that copy. Both
 * must write the name alike, whatever connection they have and however a client has written the id:
 * it is the value of the primary key as it travels.
 */
public final class RowKey {

  /** A row with a longer one has no copies. */
  private static final int MAX_LENGTH = 1_024;

  /** Of these, one value has one text, and a client's text is checked to be a value. */
  private static final Set<Kind> EXACT =
      EnumSet.of(Kind.BOOLEAN, Kind.INT2, Kind.INT4, Kind.INT8, Kind.UUID, Kind.ENUM);

  /** Of these, a value may be written in other ways, but PostgreSQL itself writes it in one. */
  private static final Set<Kind> STEADY =
      EnumSet.of(Kind.NUMERIC, Kind.TEXT, Kind.CHAR, Kind.DATE, Kind.BYTEA);

  private static final Set<String> PLAIN_TEXTS = Set.of("text", "varchar");

  private final Column column;
  private final boolean exact;

  private RowKey(Column column, boolean exact) {
    this.column = column;
    this.exact = exact;
  }

  /**
   * The key of a table whose rows may have copies; empty when its primary key is not one column, or
   * is of a type whose text depends on the connection.
   */
  public static Optional<RowKey> of(Table table) {
    List<Column> key = table.primaryKey();
    if (key.size() != 1) {
      return Optional.empty();
    }
    Column column = key.getFirst();
    Kind kind = column.type().kind();
    if (!EXACT.contains(kind) && !STEADY.contains(kind)) {
      return Optional.empty();
    }
    return Optional.of(new RowKey(column, EXACT.contains(kind) || isPlainText(column)));
  }

  /** Not citext, which takes texts for equal that are not the same, nor name, which cuts them. */
  private static boolean isPlainText(Column column) {
    return column.type().kind() == Kind.TEXT
        && column.type().isBuiltIn()
        && PLAIN_TEXTS.contains(column.type().name())
        && column.deterministic();
  }

  public Column column() {
    return column;
  }

  /**
   * Whether {@link #asked} is what the row is called if there is one. Otherwise only the row itself
   * can tell, and nobody can tell when there is none.
   */
  public boolean isExact() {
    return exact;
  }

  /**
   * What the row that a client asks for is called, or may be called; empty when it has no copies.
   *
   * @param path of the id in the request, for the message
   * @throws PrismException INVALID_ARGUMENT when it is no value of the key's type
   */
  public Optional<String> asked(String id, String path) {
    String read = column.type().toJdbc(id, path);
    return bounded(exact ? read : id);
  }

  /** What a row with this value of the key is called; empty when it has no copies. */
  public Optional<String> of(Value value) {
    return switch (value.getKindCase()) {
      case STRING_VALUE -> bounded(value.getStringValue());
      case BOOL_VALUE -> Optional.of(Boolean.toString(value.getBoolValue()));
      case NUMBER_VALUE -> Optional.of(Long.toString((long) value.getNumberValue()));
      case NULL_VALUE, STRUCT_VALUE, LIST_VALUE, KIND_NOT_SET -> Optional.empty();
    };
  }

  private static Optional<String> bounded(String name) {
    return name.length() > MAX_LENGTH ? Optional.empty() : Optional.of(name);
  }
}
