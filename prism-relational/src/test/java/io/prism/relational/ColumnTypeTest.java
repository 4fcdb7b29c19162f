package io.prism.relational;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Value;
import io.prism.starter.error.CallReason;
import io.prism.starter.error.PrismException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Values of every type on their way to PostgreSQL and back. */
final class ColumnTypeTest {

  private static final Schema schema = new Schema();
  private static final List<String> PARAMETERS =
      List.of(
          // The text format, and the binary one from the first execution.
          "&prepareThreshold=0", "&prepareThreshold=-1", "&options=-c%20TimeZone=Asia/Kolkata");

  static {
    schema.execute(
        "create type mood as enum ('sad', 'ok', 'happy''s')",
        "create domain positive as integer check (value > 0)",
        "create domain tiny_positive as positive",
        "create domain tags as text[]",
        "create type pair as (a int, b text)");
  }

  /** A column's type and values that it holds. */
  record Sample(String type, List<@Nullable Object> values) {}

  private static Sample sample(String type, @Nullable Object... values) {
    return new Sample(type, Arrays.asList(values));
  }

  static Stream<Sample> samples() {
    return Stream.of(
        sample("boolean", true, false, null),
        sample("smallint", -32768, 32767, 0, null),
        sample("integer", -2147483648, 2147483647, null),
        sample("bigint", "-9223372036854775808", "9223372036854775807", "0", null),
        sample("real", 0.1, -3.4e38, 1.0e-30, "NaN", "Infinity", "-Infinity", null),
        sample("double precision", 0.1, 1.7e308, 4.9e-324, -0.0, "NaN", "-Infinity", null),
        sample("numeric", "1234567890".repeat(10), "-0." + "0123456789".repeat(10), "1.00", null),
        sample("numeric", "1" + "0".repeat(40), "100", "NaN", "Infinity", "-Infinity", "0.0001"),
        sample("text", "", "ä€𝄞 \"'\\%_\n\t", "NULL", "{}", null),
        sample("varchar(10)", "abc ", null),
        sample("char(5)", "abc", "", null),
        sample("uuid", "0190a5e4-7bfe-7c3d-9f5a-2b1c3d4e5f60", null),
        sample("date", "2025-09-07", "0001-01-01", "-0043-03-15", "+12345-06-07", null),
        sample("date", "infinity", "-infinity", "-4712-01-01", "+5874897-12-31"),
        sample("time", "00:00:00", "23:59:59.999999", "24:00:00", "12:30:00.5", null),
        sample("timetz", "12:30:00Z", "12:30:00.123456+05:30", "00:00:00-08:00", null),
        sample("timestamp", "2025-09-07T00:00:00", "2025-09-07T12:30:45.123456", null),
        sample(
            "timestamp", "infinity", "-infinity", "-4712-01-01T00:00:00", "-0043-03-15T01:02:03"),
        sample("timestamp", "+12345-01-01T00:00:00.5", "+294276-12-31T23:59:59.999999"),
        sample("timestamptz", "2025-09-07T00:00:00Z", "1883-11-18T12:00:00.000001Z", null),
        sample("timestamptz", "infinity", "-infinity", "-0043-03-15T01:02:03Z"),
        sample("timestamptz", "+12345-01-01T00:00:00.5Z", "+294276-12-31T23:59:59.999999Z"),
        sample("bytea", "", "AP+Afw==", null),
        sample("json", Map.of("a", List.of(1, "x", true)), List.of(), "text", 1.5, false, null),
        sample("jsonb", Map.of("ü\n\"", Map.of("b", Arrays.asList(1, null))), "", 1.0e300, null),
        sample("ns_web_shop.mood", "sad", "happy's", null),
        sample("ns_web_shop.tiny_positive", 1, 2147483647, null),
        sample("ns_web_shop.tags", List.of("a", "b"), null),
        sample("integer[]", List.of(), Arrays.asList(1, null, -3), null),
        sample("integer[][]", List.of(List.of(1, 2), List.of(3, 4)), List.of(List.of(List.of(1)))),
        sample("bigint[]", List.of("9223372036854775807"), List.of()),
        sample("text[]", Arrays.asList("", "NULL", null, "a,b", "{}", "\"\\", " x ")),
        sample("text[]", List.of(List.of("a", "NULL"), List.of("c\nd", "{e}"))),
        sample("double precision[]", List.of(0.1, "NaN", "-Infinity", 1.0e10)),
        sample("real[]", List.of(0.1, 1.0e-10)),
        sample("numeric[]", List.of("1.10", "1" + "0".repeat(30), "NaN")),
        sample("boolean[]", Arrays.asList(true, false, null)),
        sample("uuid[]", List.of("0190a5e4-7bfe-7c3d-9f5a-2b1c3d4e5f60")),
        sample("bytea[]", List.of("AP+Afw==", "")),
        sample("date[]", List.of("2025-09-07", "infinity", "-0043-03-15")),
        sample("timestamptz[]", Arrays.asList("2025-09-07T00:00:00.25Z", null)),
        sample("jsonb[]", List.of(Map.of("a", 1), List.of(1, 2), "x")),
        sample("ns_web_shop.mood[]", List.of("ok", "happy's")),
        sample("ns_web_shop.positive[]", List.of(1, 2)),
        sample("interval", "1 day 02:03:04", null),
        sample("inet", "10.0.0.1/8", null),
        sample("int4range", "[1,5)", "empty"),
        sample("point", "(1,2)"),
        sample("box[]", List.of("(3,4),(1,2)", "(1,1),(0,0)")),
        sample("ns_web_shop.pair", "(1,\"a b\")"));
  }

  @ParameterizedTest
  @MethodSource("samples")
  void valuesOfEveryTypeAreTheSameThereAndBack(Sample sample) throws SQLException {
    String name = "t" + Integer.toHexString(sample.hashCode());
    schema.execute("create table " + name + " (n serial, c " + sample.type() + ")");
    ColumnType type = typeOf(name);
    for (String parameters : PARAMETERS) {
      try (Connection connection = schema.connect(parameters)) {
        List<Value> sent = sample.values().stream().map(Values::of).toList();
        for (Value value : sent) {
          insert(connection, name, type, type.toJdbc(value, "record.c"));
        }
        assertThat(readAll(connection, name, type)).as(parameters).isEqualTo(sent);
      }
      schema.execute("truncate " + name);
    }
  }

  @ParameterizedTest
  @MethodSource("samples")
  void theTextFormOfAValueIsReadAsTheValue(Sample sample) throws SQLException {
    String name = "x" + Integer.toHexString(sample.hashCode());
    schema.execute("create table " + name + " (n serial, c " + sample.type() + ")");
    ColumnType type = typeOf(name);
    try (Connection connection = schema.connect("")) {
      for (Object plain : sample.values()) {
        if (plain != null) {
          insert(connection, name, type, type.toJdbc(Values.of(plain), "record.c"));
          try (Statement statement = connection.createStatement();
              ResultSet row =
                  statement.executeQuery(
                      "select cast(c as text) from ns_web_shop." + name + " order by n desc")) {
            row.next();
            assertThat(type.fromText(row.getString(1))).isEqualTo(Values.of(plain));
          }
        }
      }
    }
  }

  private static ColumnType typeOf(String table) {
    return schema
        .catalogue()
        .table(Schema.NAMESPACE, table)
        .orElseThrow()
        .column("c")
        .orElseThrow()
        .type();
  }

  private static void insert(
      Connection connection, String table, ColumnType type, @Nullable String text)
      throws SQLException {
    String sql =
        DSL.using(SQLDialect.POSTGRES)
            .render(
                DSL.insertInto(DSL.table(DSL.name("ns_web_shop", table)))
                    .columns(DSL.field(DSL.name("c")))
                    .values(type.parameter(DSL.param("value", String.class))));
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      ColumnType.bind(statement, 1, text);
      statement.execute();
    }
  }

  private static List<Value> readAll(Connection connection, String table, ColumnType type)
      throws SQLException {
    List<Value> read = new ArrayList<>();
    String sql =
        DSL.using(SQLDialect.POSTGRES)
            .render(
                DSL.select(type.selected(DSL.field(DSL.name("c"))))
                    .from(DSL.table(DSL.name("ns_web_shop", table)))
                    .orderBy(DSL.field(DSL.name("n"))));
    try (PreparedStatement statement = connection.prepareStatement(sql);
        ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        read.add(type.read(row, 1));
      }
    }
    return read;
  }

  /** A type, what it refuses, and a part of the message. */
  record Refusal(String type, @Nullable Object value, String message) {}

  static Stream<Refusal> refusals() {
    return Stream.of(
        new Refusal("boolean", "true", "expected: true or false"),
        new Refusal("smallint", 32768, "expected: an integer from -32768 to 32767"),
        new Refusal("integer", 1.5, "1.5"),
        new Refusal("integer", "NaN", "'NaN'"),
        new Refusal("integer", true, "true"),
        new Refusal("bigint", "9223372036854775808", "to 9223372036854775807"),
        new Refusal("bigint", 9007199254740994.0, "as a string"),
        new Refusal("real", 1.0e39, "range of float4"),
        new Refusal("real", 1.0e-50, "range of float4"),
        new Refusal("double precision", "1e309", "range of float8"),
        new Refusal("double precision", "x", "expected: a number"),
        new Refusal("numeric", 0.1 + 0.2, "expected: a string"),
        new Refusal("numeric", "1e200000", "digits before the decimal point"),
        new Refusal("numeric", "1e-20000", "after it"),
        new Refusal("numeric", "", "expected: a number"),
        new Refusal("numeric", List.of(), "a list"),
        new Refusal("text", 1, "expected: a string"),
        new Refusal("text", "a\0b", "NUL"),
        new Refusal("uuid", "0190a5e4", "expected: a UUID"),
        new Refusal("date", "2025-02-30", "expected: a date"),
        new Refusal("date", "+9999999-01-01", "expected: a year"),
        new Refusal("time", "25:00:00", "expected: a time"),
        new Refusal("timetz", "12:00:00", "expected: a time with an offset"),
        new Refusal("timestamp", "2025-09-07T00:00:00Z", "without an offset"),
        new Refusal("timestamptz", "2025-09-07T00:00:00", "with an offset"),
        new Refusal("timestamptz", "2025-09-07T00:00:00.1234567Z", "at most six digits"),
        new Refusal("timestamptz", "+999999999-12-31T23:59:59-18:00", "expected"),
        new Refusal("bytea", "*", "expected: base64"),
        new Refusal("jsonb", Map.of("a", Double.NaN), "record.c.a: NaN"),
        new Refusal("jsonb", Map.of("a", List.of("b\0")), "record.c.a[0]: has a NUL"),
        new Refusal("ns_web_shop.mood", "angry", "one of sad, ok, happy's"),
        new Refusal("integer[]", 1, "expected: a list"),
        new Refusal("integer[]", List.of(1, "x"), "record.c[1]: 'x'"),
        new Refusal("integer[]", List.of(List.of(1), List.of(1, 2)), "record.c[1]: 2 elements"),
        new Refusal("integer[]", List.of(List.of(1), 2), "record.c[1]: 2.0 (expected: a list)"),
        new Refusal("integer[]", List.of(1, List.of(2)), "record.c[1]: a list"));
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void whatIsNoValueOfTheTypeIsRefusedWithThePathOfTheField(Refusal refusal) {
    String name = "r" + Integer.toHexString(refusal.hashCode());
    schema.execute("create table " + name + " (c " + refusal.type() + ")");
    ColumnType type = typeOf(name);
    assertThatThrownBy(() -> type.toJdbc(Values.of(refusal.value()), "record.c"))
        .isInstanceOfSatisfying(
            PrismException.class,
            e -> {
              assertThat(e.reason()).isEqualTo(CallReason.INVALID_ARGUMENT);
              assertThat(e.violations()).hasSize(1);
              assertThat(e.violations().getFirst().field()).startsWith("record.c");
              assertThat(e.description()).contains(refusal.message());
            });
  }

  @Test
  void numbersAreTakenForBigintAndNumericWhenTheyAreExact() {
    schema.execute("create table exact (c numeric)", "create table exact8 (c bigint)");
    assertThat(typeOf("exact").toJdbc(Values.of(0.1), "c")).isEqualTo("0.1");
    assertThat(typeOf("exact").toJdbc(Values.of(9007199254740992.0), "c"))
        .satisfies(
            text ->
                assertThat(new java.math.BigDecimal(text))
                    .isEqualByComparingTo("9007199254740992"));
    assertThat(typeOf("exact8").toJdbc(Values.of(9007199254740992.0), "c"))
        .isEqualTo("9007199254740992");
  }

  @Test
  void jsonNullAndSqlNullAreBothNullOnTheWire() throws SQLException {
    schema.execute(
        "create table nulls (n serial, c jsonb)", "insert into nulls (c) values ('null'), (null)");
    try (Connection connection = schema.connect("")) {
      assertThat(readAll(connection, "nulls", typeOf("nulls")))
          .containsExactly(Values.of(null), Values.of(null));
    }
    assertThat(typeOf("nulls").toJdbc(Values.of(null), "c")).as("written, it is SQL NULL").isNull();
  }

  @Test
  void boundsOfArraysDoNotTravel() throws SQLException {
    schema.execute(
        "create table bounds (n serial, c int[])", "insert into bounds (c) values ('[0:1]={7,8}')");
    for (String parameters : PARAMETERS) {
      try (Connection connection = schema.connect(parameters)) {
        assertThat(readAll(connection, "bounds", typeOf("bounds")))
            .containsExactly(Values.of(List.of(7, 8)));
      }
    }
  }

  @Test
  void aStringStandsForAnIdOfAnyType() {
    schema.execute("create table id8 (c bigint)", "create table idt (c timestamptz)");
    assertThat(typeOf("id8").toJdbc("42", "id")).isEqualTo("42");
    assertThat(typeOf("idt").toJdbc("2025-09-07T02:00:00+02:00", "id"))
        .startsWith("2025-09-07 00:00");
    assertThatThrownBy(() -> typeOf("id8").toJdbc("x' or 1=1", "id"))
        .isInstanceOf(PrismException.class)
        .hasMessageContaining("id: 'x' or 1=1'");
  }
}
