package io.prism.transact.postgres;

import io.prism.relational.Column;
import io.prism.relational.Table;
import org.jooq.Field;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/**
 * Versions of rows: the column {@code version} where a table has one, else the system version,
 * which changes by itself.
 *
 * <p>A client that changes a row and says nothing about its version gets a new one for it, so that
 * others notice the change. A client that sends a version, and a trigger, decide for themselves.
 */
final class Versions {

  private static final String NAME = "version";

  private Versions() {}

  static @Nullable Column column(Table table) {
    return table.column(NAME).orElse(null);
  }

  /** The version after this one, or null for a type whose versions the application must make. */
  static @Nullable Field<?> next(Column version, Field<?> current) {
    return switch (version.type().kind()) {
      case INT2, INT4, INT8, NUMERIC -> DSL.field("coalesce({0}, 0) + 1", current);
      case UUID -> DSL.field("gen_random_uuid()");
      case TIMESTAMPTZ -> DSL.field("clock_timestamp()");
      case BOOLEAN,
          FLOAT4,
          FLOAT8,
          TEXT,
          CHAR,
          DATE,
          TIME,
          TIMETZ,
          TIMESTAMP,
          BYTEA,
          JSON,
          JSONB,
          ENUM,
          ARRAY,
          OTHER ->
          null;
    };
  }
}
