package io.prism.transact;

import static io.prism.starter.testing.Failures.failsWith;
import static io.prism.transact.testing.Client.insert;
import static io.prism.transact.testing.Client.message;
import static io.prism.transact.testing.Client.request;
import static io.prism.transact.testing.Client.update;
import static io.prism.transact.testing.Client.upsert;
import static io.prism.transact.testing.Client.value;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.grpc.StatusRuntimeException;
import io.prism.starter.error.CallReason;
import io.prism.starter.testing.Failures;
import io.prism.transact.testing.Client;
import io.prism.transact.testing.TransactFixture;
import io.prism.transact.v1.WriteRequest;
import io.prism.transact.v1.WriteResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ValuesTest {

  private final TransactFixture service = TransactFixture.shared();
  private final Client client =
      service.clientWith(
          "create type mood as enum ('sad', 'happy')",
          "create domain price as numeric check (value >= 0)",
          """
          create table everything (
            id int primary key, flag boolean, small smallint, whole integer, big bigint, single real,
            twice double precision, exact numeric, name text, short varchar(5), fixed char(4), uid uuid,
            day date, clock time, clock_tz timetz, moment timestamp, instant timestamptz, raw bytea,
            doc json, docb jsonb, feeling mood, cost price, numbers integer[], words text[][], span interval,
            address inet)
          """);

  private static Map<String, Value> everything() {
    Map<String, Value> values = new LinkedHashMap<>();
    values.put("flag", value(true));
    values.put("small", value(-32768));
    values.put("whole", value(2147483647));
    values.put("big", value("9223372036854775807"));
    values.put("single", value(1.5));
    values.put("twice", value("NaN"));
    values.put("exact", value("12345678901234567890.000000000000000001"));
    values.put("name", value("it's \"quoted\" \\ %_ \n ünïcode 🐘"));
    values.put("short", value("12345"));
    values.put("fixed", value("ab"));
    values.put("uid", value("0189e3f4-1c2d-7000-8000-00000000abcd"));
    values.put("day", value("2025-09-07"));
    values.put("clock", value("23:59:59.123456"));
    values.put("clock_tz", value("12:00:00+02:00"));
    values.put("moment", value("2025-09-07T00:00:00.000001"));
    values.put("instant", value("2025-09-07T00:00:00Z"));
    values.put("raw", value("AAH/"));
    values.put("doc", struct());
    values.put("docb", struct());
    values.put("feeling", value("happy"));
    values.put("cost", value("9.90"));
    values.put("numbers", list(value(1), value(null), value(3)));
    values.put("words", list(list(value("a"), value("b")), list(value("c,d"), value("\"{}\""))));
    values.put("span", value("1 day 02:00:00"));
    values.put("address", value("10.0.0.1"));
    return values;
  }

  private static Value struct() {
    return Value.newBuilder()
        .setStructValue(
            Struct.newBuilder()
                .putFields("a", value(1))
                .putFields("b", list(value("x"), value(null), value(false))))
        .build();
  }

  private static Value list(Value... values) {
    return Value.newBuilder()
        .setListValue(ListValue.newBuilder().addAllValues(List.of(values)))
        .build();
  }

  private static @Nullable Object[] record(Object id, Map<String, Value> values) {
    List<@Nullable Object> record = new ArrayList<>(List.of("id", id));
    values.forEach(
        (name, one) -> {
          record.add(name);
          record.add(one);
        });
    return record.toArray();
  }

  /** The row as the service reads it: an UPDATE answers the columns that it does not change. */
  private Map<String, Value> row(int id) {
    service.define(
        client.namespace(), "alter table everything add column if not exists touched int");
    Map<String, Value> read =
        new LinkedHashMap<>(
            client
                .write(update("everything", "id", id, "touched", 1))
                .getDataResult()
                .getGeneratedValuesMap());
    return read;
  }

  @Test
  void valuesOfEveryTypeComeBackAsTheyWereWritten() {
    client.write(insert("everything", record(1, everything())));
    client.write(upsert("everything", record(1, everything())));
    client.write(update("everything", record(1, everything())));
    assertThat(row(1)).containsExactlyInAnyOrderEntriesOf(everything());
  }

  @Test
  void nullsOfEveryTypeComeBackAsNulls() {
    Map<String, Value> nulls = new LinkedHashMap<>();
    everything().keySet().forEach(name -> nulls.put(name, value(null)));
    client.write(insert("everything", record(1, everything())));
    client.write(update("everything", record(1, nulls)));
    assertThat(row(1)).containsExactlyInAnyOrderEntriesOf(nulls);
  }

  @Test
  void whatIsNoValueOfItsColumnIsRefusedWithItsPath() {
    Map<String, Value> wrong = new LinkedHashMap<>();
    wrong.put("flag", value("yes"));
    wrong.put("small", value(32768));
    wrong.put("whole", value(1.5));
    wrong.put("big", value("9223372036854775808"));
    wrong.put("exact", value("1e"));
    wrong.put("uid", value("nope"));
    wrong.put("day", value("2025-02-30"));
    wrong.put("instant", value("yesterday"));
    wrong.put("raw", value("***"));
    wrong.put("feeling", value("furious"));
    wrong.put("numbers", value(1));
    wrong.put("name", value("nul\0"));
    wrong.forEach(
        (name, one) -> {
          StatusRuntimeException failure =
              failsWith(
                  CallReason.INVALID_ARGUMENT,
                  () -> client.write(insert("everything", "id", 1, name, one)));
          assertThat(failure.getStatus().getDescription()).startsWith("data.record." + name);
        });
    // Only PostgreSQL can tell these.
    for (String name : List.of("short", "span", "address")) {
      failsWith(
          CallReason.INVALID_ARGUMENT,
          () -> client.write(insert("everything", "id", 1, name, "much too long")));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'; drop table everything; --",
        "\"; drop table everything; --",
        "everything\"; drop table everything; --",
        "id) values (1); drop table everything; --",
        "everything where 1=1 --",
        "pg_catalog.pg_class",
        "?",
        "{0}",
        "$1",
        ":name",
        "\\",
        "/*",
        "id = id or true",
        "xmin",
        "ctid",
        "1' or '1'='1"
      })
  void whateverAClientSendsIsNeverTakenForSql(String text) {
    client.write(insert("everything", "id", 1, "name", text));
    assertThat(row(1)).containsEntry("name", value(text));
    assertThat(refused(insert(text, "id", 2))).isEqualTo("TABLE_NOT_FOUND");
    assertThat(refused(insert("everything", "id", 2, text, 1))).isEqualTo("INVALID_ARGUMENT");
    assertThat(refused(update("everything", "id", 1, "whole", 1).setIdField(text)))
        .isEqualTo("INVALID_ARGUMENT");
    assertThat(refused(update("everything", "id", 1, "whole", 1).setExpectedVersion(text)))
        .isEqualTo("VERSION_MISMATCH");
    assertThat(
            client
                .write(update("everything", "name", text + "x", "whole", 1).setIdField("name"))
                .getDataResult()
                .getRowsAffected())
        .isZero();
    WriteResponse sent =
        client.write(
            WriteRequest.newBuilder()
                .setMailbox(message(text, text))
                .setOptions(Client.key(text))
                .build());
    assertThat(client.read(text, 0).getFirst().getMessageId())
        .isEqualTo(sent.getMailboxResult().getMessageId());
    assertThat(client.read(text, 0)).hasSize(1);
    assertThat(service.query(client.namespace(), "select id, whole from everything"))
        .containsExactly("1|null");
  }

  private String refused(io.prism.transact.v1.DataWrite.Builder write) {
    return Failures.reasonOf(Failures.failureOf(() -> client.write(request(write))));
  }

  @Test
  void namesThatNeedQuotingAreTablesAndColumnsLikeOthers() {
    service.define(
        client.namespace(),
        "create table \"Odd; \"\"Name\"\" ?\" (\"the key ?\" int primary key, \"select\" text, \"a\"\"b;c\" int default 4)");
    String table = "Odd; \"Name\" ?";
    client.write(insert(table, "the key ?", 1, "select", "x"));
    WriteResponse response = client.write(update(table, "the key ?", 1, "select", "y"));
    assertThat(response.getDataResult().getGeneratedValuesMap()).containsEntry("a\"b;c", value(4));
    assertThat(
            client
                .write(upsert(table, "the key ?", 1, "a\"b;c", 5))
                .getDataResult()
                .getGeneratedValuesMap())
        .containsEntry("select", value("y"));
  }

  @Test
  void triggersFindTheTablesOfTheirNamespace() {
    service.define(
        client.namespace(),
        "create table history (item int, at timestamptz default now())",
        "create table watched (id int primary key)",
        "create function watch() returns trigger language plpgsql as"
            + " $$ begin insert into history (item) values (new.id); return new; end $$",
        "create trigger watch after insert on watched for each row execute function watch()");
    client.write(insert("watched", "id", 3));
    assertThat(service.query(client.namespace(), "select item from history")).containsExactly("3");
  }
}
