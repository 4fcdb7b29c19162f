package io.prism.reader.postgres;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.prism.relational.Table;
import java.util.List;
import java.util.function.Supplier;

/** Keeps rendered statements by their shape, since rendering costs more than a look-up of a row. */
final class SqlCache {

  private static final int MAX_STATEMENTS = 2_000;
  private static final int MAX_SHAPE_LENGTH = 4_000;

  private final Cache<Shape, Sql> statements =
      Caffeine.newBuilder().maximumSize(MAX_STATEMENTS).build();
  private final Cache<Shape, SharedLookup> lookups =
      Caffeine.newBuilder().maximumSize(MAX_STATEMENTS).build();

  /**
   * What decides the text of a statement.
   *
   * @param table the very reading of the catalogue that names and types are from
   * @param rest all that the request adds, but for values
   */
  private record Shape(Table table, String rest) {}

  /** How a row is got by its key, with the fields that a request names. */
  SharedLookup lookup(Table table, List<String> fields, Database database) {
    String shape = Fields.shape(fields);
    return shape.length() > MAX_SHAPE_LENGTH
        ? new SharedLookup(Lookup.of(table, fields), database)
        : lookups.get(
            new Shape(table, shape), key -> new SharedLookup(Lookup.of(table, fields), database));
  }

  Sql get(Table table, String shape, Supplier<Sql> rendering) {
    if (shape.length() > MAX_SHAPE_LENGTH) {
      return rendering.get();
    }
    return statements.get(new Shape(table, shape), key -> rendering.get());
  }
}
