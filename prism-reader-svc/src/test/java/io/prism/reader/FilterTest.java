package io.prism.reader;

import static io.prism.reader.testing.Requests.all;
import static io.prism.reader.testing.Requests.any;
import static io.prism.reader.testing.Requests.composite;
import static io.prism.reader.testing.Requests.field;
import static io.prism.reader.testing.Requests.not;
import static io.prism.reader.testing.Requests.value;
import static io.prism.starter.testing.Failures.failsWith;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Value;
import io.prism.reader.testing.Predicates;
import io.prism.reader.testing.Predicates.ValueKind;
import io.prism.reader.testing.ReaderFixture;
import io.prism.reader.testing.ReaderFixture.Namespace;
import io.prism.reader.v1.CompositeFilter.LogicalOperator;
import io.prism.reader.v1.CountRequest;
import io.prism.reader.v1.FieldFilter.Operator;
import io.prism.reader.v1.Filter;
import io.prism.reader.v1.QueryRequest;
import io.prism.reader.v1.ReaderServiceGrpc.ReaderServiceBlockingStub;
import io.prism.reader.v1.Row;
import io.prism.starter.error.CallReason;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every operator on every type, against the same predicate over the values that clients see. */
final class FilterTest {

  private static final Namespace namespace = ReaderFixture.shared().namespace();
  private static final ReaderServiceBlockingStub reader = namespace.reader();
  private static final List<Operator> OPERATORS =
      Arrays.stream(Operator.values())
          .filter(op -> op != Operator.OPERATOR_UNSPECIFIED && op != Operator.UNRECOGNIZED)
          .toList();

  /** A type, literals of rows, and further values to ask for. */
  record Sample(ValueKind type, String sql, List<@Nullable String> rows, List<Object> asked) {}

  private static Sample sample(
      ValueKind type, String sql, List<@Nullable String> rows, Object... asked) {
    return new Sample(type, sql, rows, List.of(asked));
  }

  private static List<@Nullable String> literals(@Nullable String... literals) {
    return Arrays.asList(literals);
  }

  static Stream<Sample> samples() {
    return Stream.of(
        sample(ValueKind.BOOLEAN, "boolean", literals("t", "f", null)),
        sample(ValueKind.NUMBER, "smallint", literals("-32768", "0", "7", null), 8, -1),
        sample(ValueKind.NUMBER, "integer", literals("-2147483648", "0", "7", "7", null), 3),
        sample(
            ValueKind.DECIMAL,
            "bigint",
            literals(
                "-9223372036854775808", "9223372036854775807", "9223372036854775806", "0", null),
            "9007199254740993",
            1),
        sample(
            ValueKind.NUMBER,
            "real",
            literals("0.1", "-0.5", "NaN", "Infinity", "-Infinity", "0", null),
            0.25),
        sample(
            ValueKind.NUMBER,
            "double precision",
            literals("0.1", "-0", "0", "NaN", "Infinity", "-Infinity", "4.9e-324", null),
            1.0e300),
        sample(
            ValueKind.DECIMAL,
            "numeric",
            literals(
                "0.1", "0.10", "-1e30", "NaN", "Infinity", "123456789012345678901234567890", null),
            "0.1000000000000000000000000000001",
            0.5),
        sample(
            ValueKind.TEXT,
            "text collate \"C\"",
            literals(
                "", "a", "A", "ab", "a%b", "a_b", "a\\b", "%", "_", "\\", "ä", "𝄞x", "b a", null),
            "b",
            "zz"),
        sample(
            ValueKind.TEXT,
            "varchar(20) collate \"C\"",
            literals("abc ", "abc", " abc", "%", null),
            "c "),
        sample(
            ValueKind.TEXT,
            "char(5) collate \"C\"",
            literals("abc", "abcde", "", "a c", null),
            "b"),
        sample(
            ValueKind.WORD,
            "uuid",
            literals(
                "00000000-0000-0000-0000-000000000000",
                "ffffffff-ffff-ffff-ffff-ffffffffffff",
                "0190a5e4-7bfe-7c3d-9f5a-2b1c3d4e5f60",
                null),
            "7fffffff-ffff-ffff-ffff-ffffffffffff"),
        sample(
            ValueKind.TIME,
            "date",
            literals("2025-09-07", "0044-03-15 BC", "infinity", "-infinity", "12345-01-01", null),
            "2025-09-08"),
        sample(
            ValueKind.WORD,
            "time",
            literals("00:00", "24:00", "12:30:00.000001", "12:30", null),
            "12:30:01"),
        sample(
            ValueKind.TIME,
            "timestamp",
            literals(
                "2025-09-07 12:00",
                "2025-09-07 12:00:00.000001",
                "infinity",
                "0044-03-15 BC",
                null),
            "2025-09-07T12:00:00.000002"),
        sample(
            ValueKind.TIME,
            "timestamptz",
            literals("2025-09-07 12:00+02", "2025-09-07 10:00:00.000001+00", "-infinity", null),
            "2025-09-07T12:00:00+02:00",
            "2025-09-07T00:00:00Z"),
        sample(
            ValueKind.BYTES,
            "bytea",
            literals("\\x", "\\x00", "\\x7f80", "\\xff", "\\x0000", null),
            "AAE="),
        sample(ValueKind.ENUM, "mood", literals("sad", "ok", "happy", null)),
        sample(
            ValueKind.JSON,
            "jsonb",
            literals(
                "{\"a\":1,\"b\":[1,2]}",
                "{\"a\":1}",
                "[1,[2],\"x\"]",
                "\"x\"",
                "1",
                "{}",
                "[]",
                null),
            Map.of("b", List.of(2)),
            List.of("x"),
            2),
        sample(
            ValueKind.JSON,
            "json",
            literals("{\"b\": [1, 2], \"a\": 1.0}", "{\"a\":1}", "[1]", "\"x\"", "{}", null),
            Map.of("a", 1)),
        sample(
            ValueKind.ARRAY_OF_NUMBERS,
            "integer[]",
            literals("{}", "{1}", "{1,2}", "{2,1}", "{1,NULL}", "{NULL}", null),
            List.of(2),
            1,
            2),
        sample(
            ValueKind.ARRAY_OF_TEXT,
            "text[] collate \"C\"",
            literals(
                "{}", "{a}", "{\"a,b\",NULL}", "{\"\"}", "{NULL,\"NULL\"}", "{\"\\\"\"}", null),
            List.of("b"),
            "a",
            "NULL",
            "\""));
  }

  @BeforeAll
  static void makeTypes() {
    namespace.execute("create type mood as enum ('sad', 'ok', 'happy')");
  }

  private static int tables;

  @ParameterizedTest
  @MethodSource("samples")
  void everyOperatorMeansWhatItMeansForTheValuesThatClientsSee(Sample sample) {
    tables++;
    String table = "sample" + tables;
    namespace.execute("create table " + table + " (id serial primary key, c " + sample.sql() + ")");
    List<String> inserts = new ArrayList<>();
    for (String literal : sample.rows()) {
      String quoted = literal == null ? "null" : "'" + literal.replace("'", "''") + "'";
      inserts.add("insert into " + table + " (c) values (" + quoted + ")");
    }
    namespace.execute(inserts.toArray(String[]::new));
    List<Row> rows = query(table, null);
    assertThat(rows).hasSameSizeAs(sample.rows());
    List<Value> asked = new ArrayList<>();
    rows.forEach(row -> asked.add(row.getFieldsOrThrow("c")));
    sample.asked().forEach(plain -> asked.add(value(plain)));
    asked.add(value(null));
    Predicates predicates = new Predicates(sample.type(), List.of("sad", "ok", "happy"));
    for (Operator operator : OPERATORS) {
      for (Value operand : operands(operator, asked)) {
        check(table, rows, predicates, operator, operand);
      }
    }
  }

  private static List<Value> operands(Operator operator, List<Value> asked) {
    if (operator != Operator.OPERATOR_IN && operator != Operator.OPERATOR_NOT_IN) {
      return asked;
    }
    List<Value> values = asked.stream().distinct().toList();
    int half = values.size() / 2;
    return List.of(
        value(List.of()),
        value(List.of(value(null))),
        value(values.subList(0, half)),
        value(values.subList(half, values.size() - 1)),
        value(values));
  }

  private static void check(
      String table, List<Row> rows, Predicates predicates, Operator operator, Value operand) {
    Filter filter = field("c", operator, operand);
    String what = operator + " " + operand;
    if (!predicates.allows(operator, operand)) {
      failsWith(CallReason.INVALID_ARGUMENT, () -> query(table, filter));
      return;
    }
    List<Row> expected =
        rows.stream()
            .filter(row -> predicates.holds(operator, row.getFieldsOrThrow("c"), operand))
            .toList();
    List<Row> rest = rows.stream().filter(row -> !expected.contains(row)).toList();
    assertThat(query(table, filter)).as(what).isEqualTo(expected);
    assertThat(query(table, not(filter))).as("not " + what).isEqualTo(rest);
    assertThat(query(table, not(not(filter)))).as("not not " + what).isEqualTo(expected);
    assertThat(query(table, not(any(filter, field("id", Operator.OPERATOR_LESS_THAN, 0)))))
        .as("not (" + what + " or false)")
        .isEqualTo(rest);
  }

  private static List<Row> query(String table, @Nullable Filter filter) {
    QueryRequest.Builder request = QueryRequest.newBuilder().setCollection(table);
    if (filter != null) {
      request.setFilter(filter);
    }
    List<Row> rows = new ArrayList<>();
    reader.query(request.build()).forEachRemaining(rows::add);
    return rows;
  }

  private static void refused(CallReason reason, Filter filter, String message) {
    assertThat(
            failsWith(
                    reason,
                    () ->
                        reader.count(
                            CountRequest.newBuilder()
                                .setCollection("numbers")
                                .setFilter(filter)
                                .build()))
                .getStatus()
                .getDescription())
        .contains(message);
  }

  @Test
  void whatIsNoFilterIsRefusedWithItsPath() {
    namespace.execute("create table numbers (n int primary key, t text)");
    Filter fine = field("n", Operator.OPERATOR_EQUALS, 1);
    refused(CallReason.INVALID_ARGUMENT, Filter.getDefaultInstance(), "filter: empty");
    refused(
        CallReason.INVALID_ARGUMENT,
        all(fine, field("x", Operator.OPERATOR_EQUALS, 1)),
        "filter.composite.filters[1].field.field: 'x'");
    refused(
        CallReason.INVALID_ARGUMENT,
        field("n", Operator.OPERATOR_UNSPECIFIED, 1),
        "filter.field.op: 0");
    refused(
        CallReason.INVALID_ARGUMENT,
        field("n", Operator.OPERATOR_IN, 1),
        "filter.field.value: no list");
    refused(
        CallReason.INVALID_ARGUMENT,
        field("n", Operator.OPERATOR_IN, List.of(1, "x")),
        "filter.field.value[1]: 'x'");
    refused(
        CallReason.INVALID_ARGUMENT,
        field("n", Operator.OPERATOR_EQUALS, 1.5),
        "filter.field.value: 1.5");
    refused(
        CallReason.INVALID_ARGUMENT,
        composite(LogicalOperator.LOGICAL_OPERATOR_NOT, fine, fine),
        "filter.composite.filters: 2 filters (expected: exactly one)");
    refused(CallReason.INVALID_ARGUMENT, all(), "filter.composite.filters: 0 filters");
    refused(
        CallReason.INVALID_ARGUMENT,
        composite(LogicalOperator.LOGICAL_OPERATOR_UNSPECIFIED, fine),
        "filter.composite.op: 0");
  }

  @Test
  void aFilterHasAtMostSixteenLevelsAThousandListedValuesAndAThousandConditions() {
    namespace.execute("create table limits (n int primary key)", "insert into limits values (1)");
    Filter fine = field("n", Operator.OPERATOR_EQUALS, 1);
    Filter deep = fine;
    for (int level = 1; level < 16; level++) {
      deep = level < 15 ? not(deep) : all(deep);
    }
    assertThat(query("limits", deep)).as("an even number of negations").hasSize(1);
    Filter deeper = not(deep);
    failsWith(CallReason.LIMIT_EXCEEDED, () -> query("limits", deeper));
    List<Object> listed = new ArrayList<>(java.util.Collections.nCopies(1000, (Object) 1));
    assertThat(query("limits", field("n", Operator.OPERATOR_IN, listed))).hasSize(1);
    listed.add(2);
    failsWith(
        CallReason.LIMIT_EXCEEDED, () -> query("limits", field("n", Operator.OPERATOR_IN, listed)));
    Filter[] many = new Filter[1001];
    Arrays.fill(many, fine);
    failsWith(CallReason.LIMIT_EXCEEDED, () -> query("limits", all(many)));
    assertThat(query("limits", all(Arrays.copyOf(many, 1000)))).hasSize(1);
  }
}
