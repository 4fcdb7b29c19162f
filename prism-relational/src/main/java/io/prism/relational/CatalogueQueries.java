package io.prism.relational;

import io.prism.relational.ColumnType.Kind;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Reads one relation from PostgreSQL's catalogue. */
final class CatalogueQueries {

  /** Names are compared as text, for a cast of the parameter to a name would cut it. */
  private static final String COLUMNS =
      """
      select c.relkind::text, a.attname::text, a.atttypid::bigint, not a.attnotnull,
        a.attgenerated <> '' or a.attidentity = 'a',
        a.atthasdef or a.attidentity <> '' or t.typdefault is not null,
        coalesce(array_position(i.indkey::int2[], a.attnum), -1),
        a.atttypmod, coalesce(l.collisdeterministic, true),
        c.oid::bigint, c.relfilenode::bigint, c.relispartition,
        c.relispartition or c.relkind = 'r' and c.relhassubclass
          or exists (select from pg_catalog.pg_inherits h where h.inhrelid = c.oid)
      from pg_catalog.pg_class c
      join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      join pg_catalog.pg_type t on t.oid = a.atttypid
      left join pg_catalog.pg_collation l on l.oid = a.attcollation
      left join pg_catalog.pg_index i on i.indrelid = c.oid and i.indisprimary
      where n.nspname::text = ? and c.relname::text = ? and c.relkind in ('r', 'p', 'v', 'm')
      order by a.attnum
      """;

  /** The types of columns, what their domains stand on, and what their arrays have in them. */
  private static final String TYPES =
      """
      with recursive used(oid) as (
        select unnest(?::bigint[])
        union
        select case when t.typtype = 'd' then t.typbasetype::bigint else t.typelem::bigint end
        from used u join pg_catalog.pg_type t on t.oid = u.oid
        where t.typtype = 'd'
          or t.typsubscript = 'pg_catalog.array_subscript_handler'::pg_catalog.regproc
      )
      select t.oid::bigint, n.nspname::text, t.typname::text, t.typtype::text,
        t.typcategory::text, t.typbasetype::bigint,
        case when t.typsubscript = 'pg_catalog.array_subscript_handler'::pg_catalog.regproc
          then t.typelem::bigint else 0 end,
        array(select e.enumlabel::text from pg_catalog.pg_enum e
          where e.enumtypid = t.oid order by e.enumsortorder),
        t.typtype = 'r' or exists (select from pg_catalog.pg_opclass o
          join pg_catalog.pg_am m on m.oid = o.opcmethod
          where m.amname = 'btree' and o.opcdefault and o.opcintype = t.oid)
      from used u
      join pg_catalog.pg_type t on t.oid = u.oid
      join pg_catalog.pg_namespace n on n.oid = t.typnamespace
      """;

  /** The tables of the same schema that a partition is a part of, directly or not. */
  private static final String WHOLES =
      """
      with recursive whole(oid) as (
        select h.inhparent from pg_catalog.pg_inherits h where h.inhrelid = ?::bigint::oid
        union
        select h.inhparent from whole w join pg_catalog.pg_inherits h on h.inhrelid = w.oid
      )
      select c.relname::text
      from whole w
      join pg_catalog.pg_class c on c.oid = w.oid
      join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where n.nspname::text = ?
      """;

  private static final String PG_CATALOG = "pg_catalog";

  private static final Map<String, Kind> KINDS =
      Map.ofEntries(
          Map.entry("bool", Kind.BOOLEAN),
          Map.entry("int2", Kind.INT2),
          Map.entry("int4", Kind.INT4),
          Map.entry("int8", Kind.INT8),
          Map.entry("float4", Kind.FLOAT4),
          Map.entry("float8", Kind.FLOAT8),
          Map.entry("numeric", Kind.NUMERIC),
          Map.entry("text", Kind.TEXT),
          Map.entry("varchar", Kind.TEXT),
          Map.entry("name", Kind.TEXT),
          Map.entry("bpchar", Kind.CHAR),
          Map.entry("uuid", Kind.UUID),
          Map.entry("date", Kind.DATE),
          Map.entry("time", Kind.TIME),
          Map.entry("timetz", Kind.TIMETZ),
          Map.entry("timestamp", Kind.TIMESTAMP),
          Map.entry("timestamptz", Kind.TIMESTAMPTZ),
          Map.entry("bytea", Kind.BYTEA),
          Map.entry("json", Kind.JSON),
          Map.entry("jsonb", Kind.JSONB));

  private CatalogueQueries() {}

  private record Attribute(
      String name,
      long type,
      boolean nullable,
      boolean generated,
      boolean hasDefault,
      int keyPosition,
      int modifier,
      boolean deterministic) {}

  /** What is said of the relation as a whole, with each of its columns. */
  private record Relation(
      Table.Kind kind, long oid, long storage, boolean partition, boolean sharesRows) {}

  private record TypeRow(
      String schema,
      String name,
      String type,
      String category,
      long base,
      long element,
      List<String> labels,
      boolean ordered) {}

  static Optional<Table> table(Connection connection, SchemaName schema, String name)
      throws SQLException {
    List<Attribute> attributes = new ArrayList<>();
    Relation relation = null;
    try (PreparedStatement statement = connection.prepareStatement(COLUMNS)) {
      statement.setString(1, schema.name());
      statement.setString(2, name);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          relation =
              new Relation(
                  tableKind(row.getString(1)),
                  row.getLong(10),
                  row.getLong(11),
                  row.getBoolean(12),
                  row.getBoolean(13));
          attributes.add(
              new Attribute(
                  row.getString(2),
                  row.getLong(3),
                  row.getBoolean(4),
                  row.getBoolean(5),
                  row.getBoolean(6),
                  row.getInt(7),
                  row.getInt(8),
                  row.getBoolean(9)));
        }
      }
    }
    if (relation == null) {
      return Optional.empty();
    }
    List<String> wholes =
        relation.partition() ? wholes(connection, schema, relation.oid()) : List.of();
    return Optional.of(
        table(schema, name, relation, attributes, types(connection, attributes), wholes));
  }

  private static List<String> wholes(Connection connection, SchemaName schema, long oid)
      throws SQLException {
    List<String> wholes = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(WHOLES)) {
      statement.setLong(1, oid);
      statement.setString(2, schema.name());
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          wholes.add(row.getString(1));
        }
      }
    }
    return wholes;
  }

  private static Table table(
      SchemaName schema,
      String name,
      Relation relation,
      List<Attribute> attributes,
      Map<Long, TypeRow> types,
      List<String> wholes) {
    List<Column> columns = new ArrayList<>();
    Map<Integer, Column> key = new TreeMap<>();
    for (Attribute attribute : attributes) {
      Column column =
          new Column(
              attribute.name(),
              type(attribute.type(), types),
              attribute.nullable(),
              attribute.generated(),
              attribute.hasDefault(),
              attribute.deterministic());
      columns.add(column);
      if (attribute.keyPosition() >= 0) {
        key.put(attribute.keyPosition(), column);
      }
    }
    return new Table(
        schema,
        name,
        relation.kind(),
        columns,
        List.copyOf(key.values()),
        new Table.Rows(shape(relation, attributes, types), relation.sharesRows(), wholes));
  }

  /** A hash of all that decides what a row of it looks like. */
  private static long shape(
      Relation relation, List<Attribute> attributes, Map<Long, TypeRow> types) {
    StringBuilder text = new StringBuilder();
    text.append(relation);
    attributes.forEach(text::append);
    // By their numbers, so that the same types give the same text.
    new TreeMap<>(types).forEach((oid, type) -> text.append(oid).append(type));
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(text.toString().getBytes(StandardCharsets.UTF_8));
      return ByteBuffer.wrap(digest).getLong();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is missing in this JDK", e);
    }
  }

  private static Table.Kind tableKind(String relkind) {
    return switch (relkind) {
      case "r" -> Table.Kind.TABLE;
      case "p" -> Table.Kind.PARTITIONED_TABLE;
      case "v" -> Table.Kind.VIEW;
      case "m" -> Table.Kind.MATERIALIZED_VIEW;
      default -> throw new IllegalStateException("relkind " + relkind);
    };
  }

  private static Map<Long, TypeRow> types(Connection connection, List<Attribute> attributes)
      throws SQLException {
    Map<Long, TypeRow> types = new HashMap<>();
    Object[] oids = attributes.stream().map(Attribute::type).distinct().toArray();
    Array used = connection.createArrayOf("bigint", oids);
    try (PreparedStatement statement = connection.prepareStatement(TYPES)) {
      statement.setArray(1, used);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          types.put(
              row.getLong(1),
              new TypeRow(
                  row.getString(2),
                  row.getString(3),
                  row.getString(4),
                  row.getString(5),
                  row.getLong(6),
                  row.getLong(7),
                  List.of((String[]) row.getArray(8).getArray()),
                  row.getBoolean(9)));
        }
      }
    } finally {
      used.free();
    }
    return types;
  }

  private static ColumnType type(long oid, Map<Long, TypeRow> types) {
    TypeRow row = types.get(oid);
    if (row == null) {
      throw new IllegalStateException("type " + oid + " was dropped just now");
    }
    if (row.type().equals("d")) {
      return type(row.base(), types);
    }
    if (row.element() != 0) {
      return ColumnType.arrayOf(type(row.element(), types));
    }
    Kind known = knownKind(row);
    boolean ordered = known == Kind.OTHER ? row.ordered() : known != Kind.JSON;
    return ColumnType.of(known, row.schema(), row.name(), ordered, row.labels());
  }

  private static Kind knownKind(TypeRow row) {
    if (row.type().equals("e")) {
      return Kind.ENUM;
    }
    Kind kind = row.schema().equals(PG_CATALOG) ? KINDS.get(row.name()) : null;
    if (kind != null) {
      return kind;
    }
    // Extensions' own kinds of text, such as citext, are text with other rules of comparison.
    return row.category().equals("S") && !row.schema().equals(PG_CATALOG) ? Kind.TEXT : Kind.OTHER;
  }
}
