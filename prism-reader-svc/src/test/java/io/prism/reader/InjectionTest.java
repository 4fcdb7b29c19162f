package io.prism.reader;

import static io.prism.reader.testing.Requests.ascending;
import static io.prism.reader.testing.Requests.field;
import static io.prism.reader.testing.Requests.pages;
import static io.prism.reader.testing.Requests.read;
import static io.prism.reader.testing.Requests.rows;
import static io.prism.starter.testing.Failures.failsWith;
import static org.assertj.core.api.Assertions.assertThat;

import io.prism.reader.domain.ReaderReason;
import io.prism.reader.testing.ReaderFixture;
import io.prism.reader.testing.ReaderFixture.Namespace;
import io.prism.reader.v1.CountRequest;
import io.prism.reader.v1.FieldFilter.Operator;
import io.prism.reader.v1.GetRequest;
import io.prism.reader.v1.ReaderServiceGrpc.ReaderServiceBlockingStub;
import io.prism.starter.error.CallReason;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Strings that would do harm if any of them got into a statement, in every place for a string. */
final class InjectionTest {

  private static final Namespace namespace = ReaderFixture.shared().namespace();
  private static final ReaderServiceBlockingStub reader = namespace.reader();

  static Stream<String> corpus() {
    return Stream.of(
        "'; drop table victims; --",
        "\"; drop table victims; --",
        "victims\"; drop table victims; --",
        "x' or '1'='1",
        "1 or 1=1",
        "1; select pg_sleep(10)",
        "id\" desc, (select pg_sleep(10)) --",
        "id) union select usename, null from pg_user --",
        "\\'; drop table victims; --",
        "$$; drop table victims; $$",
        "E'\\''",
        "/* */ drop table victims",
        "?",
        "$1",
        "{0}",
        ":name",
        "public.victims",
        "pg_catalog.pg_user",
        "../other/victims",
        "victims\u0000",
        "\u0000",
        "\u02bc; drop table victims; --",
        "％' or 1=1",
        "xmin",
        "ctid",
        "tableoid",
        "*",
        "count(*)",
        "x".repeat(10_000));
  }

  @BeforeAll
  static void makeTables() {
    namespace.execute(
        "create table victims (id text primary key, name text)",
        "insert into victims values ('one', 'a'), ('two', 'b')");
  }

  @ParameterizedTest
  @MethodSource("corpus")
  void isRefusedWhereNamesAreAndTakenAsDataWhereValuesAre(String evil) {
    failsWith(ReaderReason.COLLECTION_NOT_FOUND, () -> pages(reader.read(read(evil).build())));
    failsWith(
        ReaderReason.COLLECTION_NOT_FOUND,
        () -> reader.get(GetRequest.newBuilder().setCollection(evil).setId("1").build()));
    failsWith(
        CallReason.INVALID_ARGUMENT,
        () -> pages(reader.read(read("victims").addFields(evil).build())));
    failsWith(
        CallReason.INVALID_ARGUMENT,
        () -> pages(reader.read(read("victims").addSort(ascending(evil)).build())));
    failsWith(
        CallReason.INVALID_ARGUMENT,
        () ->
            pages(
                reader.read(
                    read("victims")
                        .setFilter(field(evil, Operator.OPERATOR_EQUALS, "x"))
                        .build())));
    failsWith(
        ReaderReason.CURSOR_INVALID,
        () -> pages(reader.read(read("victims").setCursor(evil).build())));
    asData(evil);
    assertThat(namespace.select("select id from victims order by 1")).containsExactly("one", "two");
  }

  private static void asData(String evil) {
    if (evil.indexOf('\0') >= 0) {
      failsWith(CallReason.INVALID_ARGUMENT, () -> count(Operator.OPERATOR_EQUALS, evil));
      failsWith(
          CallReason.INVALID_ARGUMENT,
          () -> reader.get(GetRequest.newBuilder().setCollection("victims").setId(evil).build()));
      return;
    }
    for (Operator operator :
        List.of(
            Operator.OPERATOR_EQUALS,
            Operator.OPERATOR_CONTAINS,
            Operator.OPERATOR_STARTS_WITH,
            Operator.OPERATOR_ENDS_WITH)) {
      assertThat(count(operator, evil)).isZero();
    }
    assertThat(count(Operator.OPERATOR_IN, List.of(evil, "one"))).isEqualTo(1);
    assertThat(count(Operator.OPERATOR_NOT_EQUALS, evil)).isEqualTo(2);
    assertThat(
            reader
                .get(GetRequest.newBuilder().setCollection("victims").setId(evil).build())
                .getFound())
        .isFalse();
  }

  private static long count(Operator operator, Object value) {
    return reader
        .count(
            CountRequest.newBuilder()
                .setCollection("victims")
                .setFilter(field("id", operator, value))
                .build())
        .getCount();
  }

  @ParameterizedTest
  @MethodSource("corpus")
  void isAFineNameForATableAndAColumnThatHaveIt(String evil) {
    if (evil.indexOf('\0') >= 0
        || evil.length() > 63
        || Stream.of("xmin", "ctid", "tableoid").anyMatch(evil::equals)) {
      return;
    }
    Namespace own = ReaderFixture.shared().namespace();
    String quoted = '"' + evil.replace("\"", "\"\"") + '"';
    own.execute(
        "create table " + quoted + " (" + quoted + " text primary key)",
        "insert into " + quoted + " values ('a'), ('b'), ('c')");
    ReaderServiceBlockingStub there = own.reader();
    assertThat(
            rows(
                pages(
                    there.read(
                        read(evil)
                            .addFields(evil)
                            .addSort(ascending(evil))
                            .setFilter(field(evil, Operator.OPERATOR_NOT_EQUALS, "b"))
                            .setPageSize(1)
                            .build()))))
        .extracting(row -> row.getFieldsOrThrow(evil).getStringValue())
        .containsExactly("a", "c");
    assertThat(there.get(GetRequest.newBuilder().setCollection(evil).setId("b").build()).getFound())
        .isTrue();
  }

  @Test
  void aNamespaceSeesItsOwnTablesOnly() {
    Namespace other = ReaderFixture.shared().namespace();
    other.execute("create table victims (id text primary key)");
    assertThat(pages(other.reader().read(read("victims").build())).getFirst().getRowsCount())
        .isZero();
    failsWith(
        ReaderReason.COLLECTION_NOT_FOUND,
        () -> pages(other.reader().read(read("ns_" + namespace.name() + ".victims").build())));
  }
}
