package io.prism.cache;

import static io.prism.cache.testing.Configs.lookAside;
import static io.prism.cache.testing.Configs.source;
import static io.prism.cache.testing.Configs.writeThrough;
import static io.prism.starter.testing.Failures.failsWith;
import static org.assertj.core.api.Assertions.assertThat;

import io.prism.cache.testing.CacheFixture;
import io.prism.cache.testing.Client;
import io.prism.starter.error.CallReason;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A row has one key, or who writes it would not know its copies. */
class IdsTest {

  private static final CacheFixture fixture = CacheFixture.shared();

  private final String namespace = "t" + UUID.randomUUID().toString().replace("-", "");
  private final String table = "ns_" + namespace + ".things";

  private void table(String type, String id) {
    fixture.execute(
        "create schema ns_" + namespace,
        "create table " + table + " (id " + type + " primary key, name text, count int)",
        "insert into " + table + " values ('" + id + "', 'Ada', 1)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          int                   | 5                     | 5                    | 05,+5
          bigint                | 5                     | 5                    | 005,+5
          numeric               | 1.50                  | 1.50                 | 1.5,1.500,+1.50,15e-1,01.50
          numeric(10,2)         | 7                     | 7.00                 | 7,7.0,07.00
          float8                | 1.5                   | 1.5                  | 1.50,15e-1,+1.5
          bool                  | true                  | true                 | t,TRUE,yes,1
          uuid                  | 0a0b0c0d-0000-4000-8000-00000000000a | 0a0b0c0d-0000-4000-8000-00000000000a | 0A0B0C0D-0000-4000-8000-00000000000A,{0a0b0c0d-0000-4000-8000-00000000000a},0a0b0c0d00004000800000000000000a
          date                  | 2025-09-07            | 2025-09-07           | 2025-9-7,20250907,07.09.2025
          date                  | infinity              | infinity             | Infinity,INFINITY
          time                  | 12:30:00              | 12:30:00             | 12:30,12:30:00.000
          timestamp             | 2025-09-07 12:30:00   | 2025-09-07T12:30:00  | 2025-09-07T12:30,2025-09-07T12:30:00.0,2025-09-07 12:30:00
          timestamptz           | 2025-09-07 12:30:00Z  | 2025-09-07T12:30:00Z | 2025-09-07T14:30:00+02:00,2025-09-07T12:30Z,2025-09-07T12:30:00+00:00
          char(5)               | ab                    | ab                   | ab___,ab_
          text                  | ab                    | ab                   | a\0b
          bytea                 | \\x00ff               | AP8=                 | AP8
          inet                  | 10.0.0.1              | 10.0.0.1/32          | 10.0.0.1
          interval              | 90 minutes            | 01:30:00             | 90 minutes,1:30
          """)
  void anIdThatIsWrittenOtherwiseThanReaderGivesItIsInvalid(
      String type, String stored, String id, String others) {
    table(type, stored);
    Client client = fixture.client(namespace, lookAside().setSource(source("things", "", "name")));
    Client counter =
        fixture.client(namespace, writeThrough().setSource(source("things", "", "count")));
    assertThat(client.get("things:" + id)).isEqualTo("Ada");
    assertThat(counter.increment("things:" + id)).isEqualTo(2);
    for (String text : List.of(others.split(",", -1))) {
      String key = "things:" + text.replace('_', ' ');
      failsWith(CallReason.INVALID_ARGUMENT, () -> client.get(key));
      failsWith(CallReason.INVALID_ARGUMENT, () -> client.getMulti("things:" + id, key));
      failsWith(CallReason.INVALID_ARGUMENT, () -> client.set(key, "Grace"));
      failsWith(CallReason.INVALID_ARGUMENT, () -> counter.increment(key));
      failsWith(CallReason.INVALID_ARGUMENT, () -> client.delete(key));
    }
    assertThat(fixture.select("select name from " + table)).isEqualTo("Ada");
    assertThat(fixture.select("select count from " + table)).isEqualTo("2");
    assertThat(client.set("things:" + id, "Grace")).isTrue();
    assertThat(client.get("things:" + id)).isEqualTo("Grace");
    assertThat(client.delete("things:" + id)).isTrue();
    assertThat(client.get("things:" + id)).isNull();
  }

  @Test
  void textWhoseComparisonKnowsNoCaseIsWrittenAsTheRowHasIt() {
    fixture.execute(
        "create schema ns_" + namespace,
        "create collation ns_"
            + namespace
            + ".nocase (provider = icu, locale = 'und-u-ks-level2', deterministic = false)",
        "create table "
            + table
            + " (id text collate ns_"
            + namespace
            + ".nocase primary key, name text)",
        "insert into " + table + " values ('Ada', 'Lovelace')");
    Client client = fixture.client(namespace, lookAside().setSource(source("things", "", "name")));
    assertThat(client.get("things:Ada")).isEqualTo("Lovelace");
    failsWith(CallReason.INVALID_ARGUMENT, () -> client.get("things:ada"));
    failsWith(CallReason.INVALID_ARGUMENT, () -> client.set("things:ADA", "x"));
    failsWith(CallReason.INVALID_ARGUMENT, () -> client.delete("things:ADA"));
    assertThat(client.get("things:Ada")).isEqualTo("Lovelace");
  }

  @Test
  void aRowThatWouldGetAnIdWrittenOtherwiseIsNotMade() {
    table("numeric(10,2)", "1");
    Client client = fixture.client(namespace, lookAside().setSource(source("things", "", "name")));
    failsWith(CallReason.INVALID_ARGUMENT, () -> client.set("things:7", "x"));
    assertThat(fixture.select("select count(*) from " + table)).isEqualTo("1");
    assertThat(client.set("things:7.00", "x")).isTrue();
    assertThat(client.get("things:7.00")).isEqualTo("x");
  }
}
