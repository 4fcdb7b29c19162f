package io.prism.relational;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prism.starter.error.CallReason;
import io.prism.starter.error.PrismException;
import io.prism.starter.testing.Await;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class CatalogueTest {

  private static final Schema schema = new Schema();
  private static final Catalogue catalogue = schema.catalogue();

  @BeforeAll
  static void makeTables() {
    schema.execute(
        "create table orders (note text, line int generated always as identity,"
            + " day date not null default now(), total numeric(10,2) not null,"
            + " doubled numeric generated always as (total * 2) stored, primary key (day, line))",
        "create table parts (id int primary key) partition by range (id)",
        "create view open_orders as select * from orders",
        "create materialized view seen as select line from orders",
        "create table prism_mailbox (id int)",
        "create table flyway_schema_history (id int)",
        "create table \"Odd \"\" name\" (\"x;y\" int)",
        "create schema ns_other",
        "create table ns_other.secret (id int)",
        "create sequence numbers",
        "create extension citext",
        "create table words (w citext, a name, j json, p point, i inet)");
  }

  private static Table table(String name) {
    return catalogue.table(Schema.NAMESPACE, name).orElseThrow();
  }

  @Test
  void knowsColumnsAndTheKeyInItsOrder() {
    Table orders = table("orders");
    assertThat(orders.kind()).isEqualTo(Table.Kind.TABLE);
    assertThat(orders.columns())
        .extracting(Column::name)
        .containsExactly("note", "line", "day", "total", "doubled");
    assertThat(orders.primaryKey()).extracting(Column::name).containsExactly("day", "line");
    assertThat(orders.column("note").orElseThrow().nullable()).isTrue();
    assertThat(orders.column("line").orElseThrow())
        .matches(Column::generated)
        .matches(Column::hasDefault)
        .matches(column -> !column.nullable());
    assertThat(orders.column("doubled").orElseThrow().generated()).isTrue();
    assertThat(orders.column("day").orElseThrow())
        .matches(Column::hasDefault)
        .matches(column -> !column.generated());
    assertThat(orders.column("total").orElseThrow().hasDefault()).isFalse();
    assertThat(orders.column("TOTAL")).isEmpty();
  }

  @Test
  void tellsTablesFromViews() {
    assertThat(table("parts").kind()).isEqualTo(Table.Kind.PARTITIONED_TABLE);
    assertThat(table("open_orders").kind()).isEqualTo(Table.Kind.VIEW);
    assertThat(table("open_orders").primaryKey()).isEmpty();
    assertThat(table("seen").kind()).isEqualTo(Table.Kind.MATERIALIZED_VIEW);
  }

  @Test
  void knowsTypesOfExtensionsAndWhatHasAnOrder() {
    Table words = table("words");
    assertThat(words.column("w").orElseThrow().type().kind()).isEqualTo(ColumnType.Kind.TEXT);
    assertThat(words.column("a").orElseThrow().type().kind()).isEqualTo(ColumnType.Kind.TEXT);
    assertThat(words.columns())
        .filteredOn(column -> column.type().isOrdered())
        .extracting(Column::name)
        .containsExactlyInAnyOrder("w", "a", "i");
  }

  @Test
  void nothingOutsideOfTheNamespaceAndNothingOfPrismIsThere() {
    assertThat(
            Stream.of(
                "secret",
                "ns_other.secret",
                "pg_class",
                "numbers",
                "prism_mailbox",
                "flyway_schema_history",
                "ORDERS",
                "",
                "a\0b",
                "orders\"; drop table orders; --",
                "x".repeat(1000)))
        .allSatisfy(name -> assertThat(catalogue.table(Schema.NAMESPACE, name)).isEmpty());
    assertThat(catalogue.table("other", "secret")).isPresent();
    assertThat(catalogue.table("nobody", "orders")).isEmpty();
  }

  @Test
  void namesAreTakenAsTheyAre() {
    assertThat(table("Odd \" name").column("x;y")).isPresent();
  }

  @Test
  void aTableIsRememberedUntilItIsForgotten() {
    schema.execute("create table changing (a int)");
    Table before = table("changing");
    schema.execute("alter table changing add b int");
    assertThat(table("changing")).isSameAs(before);
    catalogue.forget(Schema.NAMESPACE, "changing");
    assertThat(table("changing").column("b")).isPresent();
  }

  private static long shape(String name) {
    catalogue.forget(Schema.NAMESPACE, name);
    return table(name).shape();
  }

  @Test
  void aShapeIsTheSameUntilSomethingOfItChanges() {
    schema.execute(
        "create type size as enum ('s', 'm')", "create table shaped (a int primary key, b size)");
    long first = shape("shaped");
    schema.execute("insert into shaped values (1, 's')");
    assertThat(shape("shaped")).isEqualTo(first);
    assertThat(
            Stream.of(
                    "alter table shaped add c numeric(5,1)",
                    "alter table shaped alter c type numeric(5,2)",
                    "alter table shaped rename c to d",
                    "alter type size rename value 's' to 'small'",
                    "alter table shaped drop d",
                    "truncate shaped",
                    "drop table shaped; create table shaped (a int primary key, b size)")
                .map(
                    change -> {
                      schema.execute(change);
                      return shape("shaped");
                    })
                .toList())
        .doesNotContain(first)
        .doesNotHaveDuplicates();
  }

  @Test
  void knowsWhoseRowsAreAlsoThoseOfOthers() {
    schema.execute(
        "create table alone (id int primary key)",
        "create table whole (id int, day date, primary key (id, day)) partition by range (day)",
        "create table part partition of whole for values from ('2025-01-01') to ('2026-01-01')"
            + " partition by hash (id)",
        "create table part_of_part partition of part for values with (modulus 1, remainder 0)",
        "create table parent (id int primary key)",
        "create table child (primary key (id)) inherits (parent)");
    assertThat(Stream.of("alone", "whole").filter(name -> table(name).sharesRows())).isEmpty();
    assertThat(
            Stream.of("part", "part_of_part", "parent", "child")
                .filter(name -> !table(name).sharesRows()))
        .isEmpty();
    assertThat(table("part_of_part").wholes()).containsExactlyInAnyOrder("part", "whole");
    assertThat(table("part").wholes()).containsExactly("whole");
    assertThat(table("child").wholes()).isEmpty();
  }

  @Test
  void anAbsentTableIsSeenSoonAfterItIsMade() {
    assertThat(catalogue.table(Schema.NAMESPACE, "late")).isEmpty();
    schema.execute("create table late (a int)");
    Await.until("the table", () -> catalogue.table(Schema.NAMESPACE, "late").isPresent());
  }

  @Test
  void aCallerWithAConnectionNeedsNoOther() throws SQLException {
    try (Connection connection = schema.connect("")) {
      assertThat(catalogue.table(connection, Schema.NAMESPACE, "orders")).isPresent();
      assertThat(catalogue.table(connection, Schema.NAMESPACE, "prism_mailbox")).isEmpty();
      assertThat(schema.catalogue().table(connection, Schema.NAMESPACE, "parts")).isPresent();
    }
  }

  @Test
  void manyWhoAskAtOnceAskOnce() throws Exception {
    schema.execute("create table crowd (a int)");
    Catalogue fresh = schema.catalogue();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Callable<Table> ask = () -> fresh.table(Schema.NAMESPACE, "crowd").orElseThrow();
      List<Future<Table>> answers =
          threads.invokeAll(Stream.generate(() -> ask).limit(50).toList());
      for (Future<Table> answer : answers) {
        assertThat(answer.get())
            .as("each reading makes a table")
            .isSameAs(answers.getFirst().get());
      }
    }
  }

  @Test
  void anOutageIsUnavailableAndNotRemembered() {
    Schema other = new Schema();
    other.execute("create table t (a int)");
    Catalogue fresh = other.catalogue();
    other.database.cutOff();
    assertThatThrownBy(() -> fresh.table(Schema.NAMESPACE, "t"))
        .isInstanceOfSatisfying(
            PrismException.class,
            e -> assertThat(e.reason()).isEqualTo(CallReason.BACKEND_UNAVAILABLE));
    other.database.restore();
    assertThat(fresh.table(Schema.NAMESPACE, "t")).isPresent();
  }
}
