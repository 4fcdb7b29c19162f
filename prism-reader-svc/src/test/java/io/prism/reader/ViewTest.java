package io.prism.reader;

import static io.prism.reader.testing.Requests.ascending;
import static io.prism.reader.testing.Requests.descending;
import static io.prism.reader.testing.Requests.pages;
import static io.prism.reader.testing.Requests.read;
import static io.prism.reader.testing.Requests.rows;
import static io.prism.starter.testing.Failures.failsWith;
import static org.assertj.core.api.Assertions.assertThat;

import io.prism.reader.domain.ReaderReason;
import io.prism.reader.testing.ReaderFixture;
import io.prism.reader.testing.ReaderFixture.Namespace;
import io.prism.reader.v1.Page;
import io.prism.reader.v1.QueryRequest;
import io.prism.reader.v1.ReadRequest;
import io.prism.reader.v1.ReaderServiceGrpc.ReaderServiceBlockingStub;
import io.prism.reader.v1.Row;
import io.prism.starter.error.CallReason;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Collections without a primary key, whose rows may be alike. */
final class ViewTest {

  private static final Namespace namespace = ReaderFixture.shared().namespace();
  private static final ReaderServiceBlockingStub reader = namespace.reader();

  @BeforeAll
  static void makeViews() {
    namespace.execute(
        "create table source (a int, b text, j json)",
        "insert into source select n % 4, case when n % 5 = 0 then null else 'b' || n % 3 end,"
            + " case when n % 2 = 0 then json_build_object('n', n) end"
            + " from generate_series(1, 300) n",
        "create view shuffled as select * from source",
        "create materialized view kept as select * from source",
        "create view counted as select b, count(*) as rows from source group by b",
        "create table alike (a int)",
        "insert into alike select 1 from generate_series(1, 20002)",
        "create view computed as select n from generate_series(1, 100000) n");
  }

  @Test
  void rowsThatAreAlikeAreNeitherLostNorDoubledWhereverAPageEnds() {
    List<String> expected =
        namespace.select("select concat_ws('|', a, b, j->>'n') from source order by 1");
    Random random = new Random(7);
    for (String view : List.of("shuffled", "kept", "source")) {
      for (int round = 0; round < 10; round++) {
        ReadRequest.Builder request = read(view);
        if (round % 2 == 0) {
          request.addSort(descending("b"));
        }
        List<Row> found = new ArrayList<>();
        Page page;
        do {
          page = reader.read(request.setPageSize(1 + random.nextInt(40)).build()).next();
          found.addAll(page.getRowsList());
          request.setCursor(page.getNextCursor());
        } while (page.getHasMore());
        assertThat(found.stream().map(ViewTest::text).sorted().toList())
            .as(view + " round " + round)
            .containsExactlyInAnyOrderElementsOf(expected);
      }
    }
  }

  private static String text(Row row) {
    List<String> parts = new ArrayList<>();
    parts.add(Integer.toString((int) row.getFieldsOrThrow("a").getNumberValue()));
    if (row.getFieldsOrThrow("b").hasStringValue()) {
      parts.add(row.getFieldsOrThrow("b").getStringValue());
    }
    if (row.getFieldsOrThrow("j").hasStructValue()) {
      double n = row.getFieldsOrThrow("j").getStructValue().getFieldsOrThrow("n").getNumberValue();
      parts.add(Integer.toString((int) n));
    }
    return String.join("|", parts);
  }

  @Test
  void aPageHoldsAllRowsThatAreAlikeSoItMayHaveMoreThanWasAskedFor() {
    Page page = reader.read(read("shuffled").addFields("a").setPageSize(1).build()).next();
    assertThat(page.getRowsCount()).isGreaterThan(1);
    assertThat(page.getRowsList()).allMatch(row -> row.equals(page.getRows(0)));
  }

  @Test
  void moreRowsThatAreAlikeThanAPageMayHoldAreRefused() {
    failsWith(
        ReaderReason.TOO_MANY_TIES,
        () -> pages(reader.read(read("alike").setPageSize(10).build())));
  }

  @Test
  void aQueryOfRowsThatAreAlikeHasExactlyAsManyAsItsLimit() {
    List<Row> found = new ArrayList<>();
    reader
        .query(QueryRequest.newBuilder().setCollection("shuffled").setLimit(7).build())
        .forEachRemaining(found::add);
    assertThat(found).hasSize(7);
  }

  @Test
  void viewsAreFilteredSortedAndCountedLikeTables() {
    List<Page> pages =
        pages(reader.read(read("counted").addSort(descending("rows")).setPageSize(2).build()));
    assertThat(rows(pages)).hasSize(4);
    assertThat(rows(pages).getFirst().getMetadata().getVersion()).isEmpty();
  }

  @Test
  void aViewWithoutATableIsReadToItsEnd() {
    List<Page> pages = pages(reader.read(read("computed").setPageSize(10_000).build()));
    assertThat(rows(pages)).hasSize(100_000).doesNotHaveDuplicates();
  }

  @Test
  void whatHasNoOrderIsNoSortKey() {
    assertThat(
            failsWith(
                    CallReason.INVALID_ARGUMENT,
                    () -> pages(reader.read(read("source").addSort(ascending("j")).build())))
                .getStatus()
                .getDescription())
        .isEqualTo("sort[0].field: 'j' is of type json (expected: a type with an order)");
  }
}
