package io.prism.relational;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prism.starter.error.PrismException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RowKeyTest {

  private static final Schema schema = new Schema();
  private static final Catalogue catalogue = schema.catalogue();

  @BeforeAll
  static void makeTypes() {
    schema.execute(
        "create extension citext",
        "create type mood as enum ('sad', 'ok')",
        "create domain code as varchar(10)",
        "create collation anycase"
            + " (provider = icu, locale = 'und-u-ks-level2', deterministic = false)");
  }

  private static Table table(String name) {
    return catalogue.table(Schema.NAMESPACE, name).orElseThrow();
  }

  private static Table keyed(String name, String type) {
    schema.execute("create table " + name + " (id " + type + " primary key)");
    return table(name);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "e_int | int | 0123 | 123",
        "e_big | bigint | 9223372036854775807 | 9223372036854775807",
        "e_uuid | uuid | 0190A5E4-7BFE-7C3D-9F5A-2B1C3D4E5F60 | 0190a5e4-7bfe-7c3d-9f5a-2b1c3d4e5f60",
        "e_text | text | ' Ann' | ' Ann'",
        "e_varchar | varchar(10) | Ann | Ann",
        "e_domain | code | Ann | Ann",
        "e_enum | mood | ok | ok",
        "e_bool | boolean | true | true"
      })
  void whereOneValueHasOneTextTheNameIsKnownBeforeTheRow(
      String name, String type, String asked, String expected) throws SQLException {
    RowKey key = RowKey.of(keyed(name, type)).orElseThrow();
    assertThat(key.isExact()).isTrue();
    assertThat(key.asked(asked, "id")).contains(expected);
    assertThat(stored(name, key, expected)).contains(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "s_numeric | numeric | 1.50 | 1.5",
        "s_citext | citext | Ann | ANN",
        "s_anycase | text collate anycase | Ann | ANN",
        "s_char | char(5) | Ann | 'Ann '",
        "s_date | date | 2025-09-07 | ",
        "s_bytea | bytea | AAE= | AAE"
      })
  void whereItHasSeveralOnlyTheRowTells(String name, String type, String own, String other)
      throws SQLException {
    RowKey key = RowKey.of(keyed(name, type)).orElseThrow();
    assertThat(key.isExact()).isFalse();
    assertThat(key.asked(own, "id")).contains(own);
    assertThat(stored(name, key, own)).contains(own);
    if (other != null) {
      assertThat(key.asked(other, "id")).contains(other);
    }
  }

  /** Inserts a row and reads its name, by both formats of the driver. */
  private static Optional<String> stored(String table, RowKey key, String id) throws SQLException {
    ColumnType type = key.column().type();
    try (Connection connection = schema.connect("&prepareThreshold=-1")) {
      try (PreparedStatement insert =
          connection.prepareStatement(
              "insert into ns_web_shop." + table + " values (cast(? as " + type.sqlName() + "))")) {
        ColumnType.bind(insert, 1, type.toJdbc(id, "id"));
        insert.executeUpdate();
      }
      Optional<String> binary = read(connection, table, key);
      try (Connection text = schema.connect("&binaryTransfer=false")) {
        assertThat(read(text, table, key)).isEqualTo(binary);
      }
      return binary;
    }
  }

  private static Optional<String> read(Connection connection, String table, RowKey key)
      throws SQLException {
    try (PreparedStatement select =
            connection.prepareStatement("select id from ns_web_shop." + table);
        ResultSet row = select.executeQuery()) {
      row.next();
      return key.of(key.column().type().read(row, 1));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"interval", "timestamptz", "time", "float8", "inet", "int[]", "jsonb"})
  void typesWhoseTextDependsOnTheConnectionNameNoCopies(String type) {
    String name = "n_" + type.replace("[]", "_array");
    assertThat(RowKey.of(keyed(name, type))).isEmpty();
  }

  @Test
  void neitherDoesAKeyOfSeveralColumnsNorNone() {
    schema.execute(
        "create table pair (a int, b int, primary key (a, b))", "create table bare (a int)");
    assertThat(RowKey.of(table("pair"))).isEmpty();
    assertThat(RowKey.of(table("bare"))).isEmpty();
  }

  @Test
  void anEndlessIdNamesNoCopy() {
    RowKey key = RowKey.of(keyed("long_ids", "text")).orElseThrow();
    assertThat(key.asked("x".repeat(1_024), "id")).isPresent();
    assertThat(key.asked("x".repeat(1_025), "id")).isEmpty();
  }

  @Test
  void anImpossibleIdIsRefusedAsItIsWithoutCopies() {
    RowKey key = RowKey.of(keyed("numbers", "int")).orElseThrow();
    assertThatThrownBy(() -> key.asked("1e2", "id"))
        .isInstanceOf(PrismException.class)
        .hasMessageContaining("id");
  }
}
