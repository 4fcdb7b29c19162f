package io.prism.reader;

import static io.prism.reader.testing.Requests.ascending;
import static io.prism.reader.testing.Requests.descending;
import static io.prism.reader.testing.Requests.pages;
import static io.prism.reader.testing.Requests.read;
import static io.prism.reader.testing.Requests.rows;
import static io.prism.reader.testing.Requests.value;
import static io.prism.reader.testing.Requests.valuesOf;
import static io.prism.starter.testing.Failures.failsWith;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Timestamp;
import io.prism.reader.domain.ReaderReason;
import io.prism.reader.testing.ReaderFixture;
import io.prism.reader.testing.ReaderFixture.Namespace;
import io.prism.reader.testing.SlowClient;
import io.prism.reader.v1.Page;
import io.prism.reader.v1.ReadRequest;
import io.prism.reader.v1.ReaderServiceGrpc.ReaderServiceBlockingStub;
import io.prism.reader.v1.Row;
import io.prism.starter.error.CallReason;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ReadTest {

  private static final Namespace namespace = ReaderFixture.shared().namespace();
  private static final ReaderServiceBlockingStub reader = namespace.reader();

  @BeforeAll
  static void makeTables() {
    namespace.execute(
        "create table users (id bigint primary key, name text not null, age int,"
            + " created_at timestamptz, updated_at timestamp, version int not null default 1)",
        "insert into users select n, 'user ' || n, case when n % 3 = 0 then null else n % 7 end,"
            + " '2025-09-07 00:00:00+00'::timestamptz + n * interval '1 second',"
            + " '2025-09-08 12:00:00.123456', n from generate_series(1, 250) n",
        "create table plain (id int primary key, a text)",
        "insert into plain values (1, 'x')",
        "create table wide (id int primary key, body text)",
        "insert into wide select n, repeat('x', 100000) from generate_series(1, 100) n",
        "create table nothing (id int primary key)",
        "create view names as select id, name from users where id <= 5");
  }

  @Test
  void streamsPagesUntilTheDataEnds() {
    List<Page> pages = pages(reader.read(read("users").build()));
    assertThat(pages).extracting(Page::getRowsCount).containsExactly(100, 100, 50);
    assertThat(pages).extracting(Page::getHasMore).containsExactly(true, true, false);
    assertThat(pages).extracting(Page::hasNextCursor).containsExactly(true, true, false);
    assertThat(pages)
        .extracting(page -> page.getMetadata().getPageNumber())
        .containsExactly(1, 2, 3);
    assertThat(pages)
        .extracting(page -> page.getMetadata().getRowCount())
        .containsExactly(100, 100, 50);
    assertThat(Instant.ofEpochSecond(pages.getFirst().getMetadata().getGeneratedAt().getSeconds()))
        .isCloseTo(Instant.now(), org.assertj.core.api.Assertions.within(Duration.ofMinutes(1)));
    assertThat(valuesOf(rows(pages), "id").getFirst()).as("bigint is a string").isEqualTo("1");
    assertThat(valuesOf(rows(pages), "id")).hasSize(250).doesNotHaveDuplicates();
  }

  @Test
  void aPageThatIsExactlyFullIsTheLastWhenNothingFollows() {
    List<Page> pages = pages(reader.read(read("users").setPageSize(125).build()));
    assertThat(pages).extracting(Page::getHasMore).containsExactly(true, false);
  }

  @Test
  void aPageSizeAboveTheMaximumIsTheMaximumAndANegativeOneIsRefused() {
    assertThat(pages(reader.read(read("users").setPageSize(Integer.MAX_VALUE).build()))).hasSize(1);
    failsWith(
        CallReason.INVALID_ARGUMENT,
        () -> pages(reader.read(read("users").setPageSize(-1).build())));
  }

  @Test
  void anEmptyCollectionIsOneEmptyPage() {
    List<Page> pages = pages(reader.read(read("nothing").build()));
    assertThat(pages).hasSize(1);
    assertThat(pages.getFirst().getRowsCount()).isZero();
    assertThat(pages.getFirst().hasNextCursor()).isFalse();
  }

  @Test
  void aCursorGoesOnWhereItsPageEnded() {
    List<Row> found = new ArrayList<>();
    ReadRequest.Builder request =
        read("users").setPageSize(60).addSort(descending("age")).addSort(ascending("name"));
    boolean more = true;
    while (more) {
      Page page = reader.read(request.build()).next();
      found.addAll(page.getRowsList());
      more = page.getHasMore();
      request.setCursor(page.getNextCursor());
    }
    request.clearCursor();
    assertThat(found).isEqualTo(rows(pages(reader.read(request.setPageSize(1000).build()))));
    assertThat(valuesOf(found, "age").subList(0, 83)).as("nulls come first").containsOnlyNulls();
    assertThat(found).hasSize(250);
  }

  @Test
  void aProjectionHasItsFieldsOnlyAndMetadataAllTheSame() {
    Row row =
        reader.read(read("users").addFields("name").addFields("name").build()).next().getRows(0);
    assertThat(row.getFieldsMap()).containsOnlyKeys("name");
    assertThat(row.getMetadata().getVersion()).isEqualTo("1");
    assertThat(row.getMetadata().getCreatedAt().getSeconds())
        .isEqualTo(Instant.parse("2025-09-07T00:00:01Z").getEpochSecond());
    Timestamp updated = row.getMetadata().getUpdatedAt();
    assertThat(Instant.ofEpochSecond(updated.getSeconds(), updated.getNanos()))
        .isEqualTo(Instant.parse("2025-09-08T12:00:00.123456Z"));
  }

  @Test
  void withoutAVersionColumnTheVersionIsThatOfTheSystemAndChangesWithTheRow() {
    Row before = reader.read(read("plain").build()).next().getRows(0);
    assertThat(before.getMetadata().getVersion())
        .isEqualTo(namespace.select("select xmin::text from plain").getFirst());
    assertThat(before.getMetadata().hasCreatedAt()).isFalse();
    namespace.execute("update plain set a = 'y'");
    Row after = reader.read(read("plain").build()).next().getRows(0);
    assertThat(after.getMetadata().getVersion()).isNotEqualTo(before.getMetadata().getVersion());
  }

  @Test
  void aPartitionedTableIsReadLikeAnyOther() {
    namespace.execute(
        "create table parts (id int primary key, a text) partition by range (id)",
        "create table parts_low partition of parts for values from (0) to (50)",
        "create table parts_high partition of parts for values from (50) to (100)",
        "insert into parts select n, 'a' from generate_series(0, 99) n");
    List<Row> rows = rows(pages(reader.read(read("parts").setPageSize(7).build())));
    assertThat(rows).hasSize(100).allMatch(row -> !row.getMetadata().getVersion().isEmpty());
  }

  @Test
  void aViewHasNoVersion() {
    Row row = reader.read(read("names").build()).next().getRows(0);
    assertThat(row.getMetadata().getVersion()).isEmpty();
  }

  @Test
  void aPageEndsEarlyAtTwoMegabytesSoThatDefaultClientsCanTakeIt() {
    List<Page> pages = pages(reader.read(read("wide").build()));
    assertThat(pages)
        .allSatisfy(page -> assertThat(page.getSerializedSize()).isLessThan(2_200_000))
        .hasSizeBetween(5, 6);
    assertThat(valuesOf(rows(pages), "id")).hasSize(100).doesNotHaveDuplicates();
    assertThat(pages.getFirst().getRowsCount()).isEqualTo(20);
  }

  @Test
  void valuesTravelAsTheTypeOfTheirColumnSays() {
    namespace.execute(
        "create table kinds (id int primary key, b boolean, i2 smallint, i8 bigint, f4 real,"
            + " f8 float8, n numeric, t text, d date, tz timestamptz, by bytea, j jsonb, a int[],"
            + " u uuid, c char(4), v interval)",
        "insert into kinds values (1, true, -7, 9223372036854775807, 0.1, 2.5, 1e20, 'ä𝄞\"\n',"
            + " '2025-09-07', '2025-09-07 02:00:00.5+02', '\\x00ff', '{\"a\": [1, null]}',"
            + " '{1,NULL}', '0190a5e4-7bfe-7c3d-9f5a-2b1c3d4e5f60', 'ab', '1 day')",
        "insert into kinds (id, f8) values (2, 'NaN')",
        "insert into kinds (id, f8, t) values (3, '-Infinity', repeat('ä', 100000))");
    Map<String, Object> expected = new HashMap<>();
    expected.put("id", 1);
    expected.put("b", true);
    expected.put("i2", -7);
    expected.put("i8", "9223372036854775807");
    expected.put("f4", 0.1);
    expected.put("f8", 2.5);
    expected.put("n", "100000000000000000000");
    expected.put("t", "ä𝄞\"\n");
    expected.put("d", "2025-09-07");
    expected.put("tz", "2025-09-07T00:00:00.5Z");
    expected.put("by", "AP8=");
    expected.put("j", Map.of("a", Arrays.asList(1, null)));
    expected.put("a", Arrays.asList(1, null));
    expected.put("u", "0190a5e4-7bfe-7c3d-9f5a-2b1c3d4e5f60");
    expected.put("c", "ab");
    expected.put("v", "1 day");
    // More often than it takes for the driver to change to its binary format.
    for (int i = 0; i < 150; i++) {
      List<Row> rows = reader.read(read("kinds").build()).next().getRowsList();
      assertThat(rows.get(0).getFieldsMap())
          .isEqualTo(value(expected).getStructValue().getFieldsMap());
      expected.keySet().stream()
          .filter(field -> !field.equals("id") && !field.equals("f8"))
          .forEach(field -> assertThat(rows.get(1).getFieldsOrThrow(field)).isEqualTo(value(null)));
      assertThat(rows.get(1).getFieldsOrThrow("f8")).isEqualTo(value("NaN"));
      assertThat(rows.get(2).getFieldsOrThrow("f8")).isEqualTo(value("-Infinity"));
      assertThat(rows.get(2).getFieldsOrThrow("t")).isEqualTo(value("ä".repeat(100_000)));
    }
  }

  @Test
  void memoryIsBoundedByThePageAndNotByTheResult() {
    namespace.execute(
        "create table huge (id int primary key, body text)",
        "insert into huge select n, repeat('x', 4000000) from generate_series(1, 250) n");
    SlowClient<ReadRequest, Page> client =
        SlowClient.start(namespace.async()::read, read("huge").setPageSize(10_000).build());
    assertThat(client.take(3))
        .as("of 250 rows of 4 MB, in a heap of 768 MB")
        .hasSize(3)
        .allMatch(page -> page.getRowsCount() == 1);
    client.cancel();
  }

  @ParameterizedTest
  @CsvSource({
    "unknown, COLLECTION_NOT_FOUND",
    "'', COLLECTION_NOT_FOUND",
    "pg_catalog.pg_class, COLLECTION_NOT_FOUND",
    "USERS, COLLECTION_NOT_FOUND"
  })
  void anUnknownCollectionIsNotFound(String collection, ReaderReason reason) {
    failsWith(reason, () -> pages(reader.read(read(collection).build())));
  }

  @Test
  void unknownFieldsAreInvalidWithTheirPath() {
    assertThat(
            failsWith(
                    CallReason.INVALID_ARGUMENT,
                    () -> pages(reader.read(read("users").addFields("id").addFields("x").build())))
                .getStatus()
                .getDescription())
        .startsWith("fields[1]: 'x'");
    assertThat(
            failsWith(
                    CallReason.INVALID_ARGUMENT,
                    () -> pages(reader.read(read("users").addSort(ascending("x")).build())))
                .getStatus()
                .getDescription())
        .startsWith("sort[0].field: 'x'");
  }

  @Test
  void aSessionThatMayNotReadIsRefused() {
    var stranger =
        Namespace.reader(ReaderFixture.shared().server().channel(namespace.name(), "queue:admin"));
    failsWith(CallReason.PERMISSION_DENIED, () -> pages(stranger.read(read("users").build())));
  }
}
