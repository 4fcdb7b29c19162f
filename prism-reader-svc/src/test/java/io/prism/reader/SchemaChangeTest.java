package io.prism.reader;

import static io.prism.reader.testing.Requests.field;
import static io.prism.reader.testing.Requests.pages;
import static io.prism.reader.testing.Requests.read;
import static io.prism.reader.testing.Requests.rows;
import static io.prism.reader.testing.Requests.valuesOf;
import static io.prism.starter.testing.Failures.failsWith;
import static org.assertj.core.api.Assertions.assertThat;

import io.prism.reader.domain.ReaderReason;
import io.prism.reader.testing.ReaderFixture;
import io.prism.reader.testing.ReaderFixture.Namespace;
import io.prism.reader.testing.SlowClient;
import io.prism.reader.v1.FieldFilter.Operator;
import io.prism.reader.v1.GetRequest;
import io.prism.reader.v1.Page;
import io.prism.reader.v1.ReadRequest;
import io.prism.reader.v1.ReaderServiceGrpc.ReaderServiceBlockingStub;
import io.prism.reader.v1.Row;
import io.prism.starter.error.CallReason;
import io.prism.starter.testing.Await;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Migrations under a catalogue that is remembered. */
final class SchemaChangeTest {

  private static final Namespace namespace = ReaderFixture.shared().namespace();
  private static final ReaderServiceBlockingStub reader = namespace.reader();

  private static Row get(String table) {
    return reader.get(GetRequest.newBuilder().setCollection(table).setId("1").build()).getRow();
  }

  /** Often enough for the driver to keep the statement prepared. */
  private static void warm(String table) {
    for (int i = 0; i < 200; i++) {
      get(table);
      pages(reader.read(read(table).build()));
    }
  }

  @Test
  void aColumnThatIsDroppedIsGoneAtOnce() {
    namespace.execute(
        "create table a (id int primary key, x int, y int)", "insert into a values (1, 2, 3)");
    warm("a");
    namespace.execute("alter table a drop column x");
    assertThat(get("a").getFieldsMap()).containsOnlyKeys("id", "y");
    assertThat(rows(pages(reader.read(read("a").build())))).hasSize(1);
    failsWith(
        CallReason.INVALID_ARGUMENT, () -> pages(reader.read(read("a").addFields("x").build())));
  }

  @Test
  void aColumnOfAnotherTypeIsReadAsSuch() {
    namespace.execute("create table b (id int primary key, x int)", "insert into b values (1, 2)");
    warm("b");
    namespace.execute("alter table b alter x type text");
    ReadRequest filtered =
        read("b").setFilter(field("x", Operator.OPERATOR_GREATER_THAN, 1)).build();
    failsWith(CallReason.INVALID_ARGUMENT, () -> pages(reader.read(filtered)));
    assertThat(valuesOf(rows(pages(reader.read(read("b").build()))), "x")).containsExactly("2");
    assertThat(get("b").getFieldsOrThrow("x").getStringValue()).isEqualTo("2");
  }

  @Test
  void aColumnThatIsAddedIsSeenWithinHalfAMinuteOrAsSoonAsSomethingElseIsAmiss() {
    namespace.execute("create table c (id int primary key, x int)", "insert into c values (1, 2)");
    warm("c");
    namespace.execute("alter table c add y int default 3", "alter table c drop column x");
    assertThat(get("c").getFieldsOrThrow("y").getNumberValue()).isEqualTo(3);
  }

  @Test
  void aTableThatIsDroppedIsNotFoundAndMadeAnewIsFound() {
    namespace.execute("create table d (id int primary key)", "insert into d values (1)");
    warm("d");
    namespace.execute("drop table d");
    failsWith(ReaderReason.COLLECTION_NOT_FOUND, () -> get("d"));
    failsWith(ReaderReason.COLLECTION_NOT_FOUND, () -> pages(reader.read(read("d").build())));
    namespace.execute(
        "create table d (id bigint primary key, z text)", "insert into d values (1, 'z')");
    Await.until(
        "the new table",
        Duration.ofSeconds(5),
        () -> {
          try {
            return get("d").getFieldsOrThrow("z").getStringValue().equals("z");
          } catch (io.grpc.StatusRuntimeException e) {
            return false;
          }
        });
  }

  @Test
  void aStreamGoesOnWhenAColumnIsDroppedUnderIt() {
    namespace.execute(
        "create table e (id int primary key, x text, y text)",
        "insert into e select n, repeat('x', 1000), 'y' from generate_series(1, 5000) n");
    SlowClient<ReadRequest, Page> client =
        SlowClient.start(namespace.async()::read, read("e").setPageSize(100).build());
    client.take(1);
    namespace.execute("alter table e drop column y");
    assertThat(rows(client.takeAll())).hasSize(5000);
    assertThat(client.hasFailed()).isFalse();
  }

  @Test
  void aStreamWhoseKeyIsReplacedEndsWithAnInvalidCursor() {
    namespace.execute(
        "create table f (id int primary key, x text)",
        "insert into f select n, repeat('x', 1000) from generate_series(1, 5000) n");
    SlowClient<ReadRequest, Page> client =
        SlowClient.start(namespace.async()::read, read("f").setPageSize(100).build());
    client.take(1);
    namespace.execute("alter table f drop column id", "alter table f add k serial primary key");
    client.takeAll();
    assertThat(io.prism.starter.testing.Failures.reasonOf(client.failure()))
        .isEqualTo("CURSOR_INVALID");
  }

  @Test
  void aViewThatIsBrokenIsUnreadable() {
    namespace.execute(
        "create table base (a int)",
        "insert into base values (0)",
        "create function broken(a int) returns int language plpgsql as $$ begin"
            + " return (select b from ns_nowhere.t); end $$",
        "create view v as select broken(a) as b from base");
    failsWith(ReaderReason.COLLECTION_UNREADABLE, () -> pages(reader.read(read("v").build())));
  }
}
