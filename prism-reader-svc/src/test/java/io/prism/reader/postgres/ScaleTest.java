package io.prism.reader.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Value;
import io.prism.reader.domain.PageSize;
import io.prism.reader.domain.Position;
import io.prism.reader.domain.Segment;
import io.prism.reader.domain.Selection;
import io.prism.reader.domain.Sort;
import io.prism.reader.testing.ReaderFixture;
import io.prism.reader.testing.ReaderFixture.Namespace;
import io.prism.relational.Catalogue;
import io.prism.relational.Table;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A million rows: what a page costs, in blocks that PostgreSQL touches for it, is the same wherever
 * the page is.
 */
final class ScaleTest {

  private static final int ROWS = 1_000_000;
  private static final int PAGE = 100;

  /**
   * Blocks that a descent of an index, or a page that is cut elsewhere, may make of a difference.
   */
  private static final int SLACK = 12;

  private static final Pattern BLOCKS =
      Pattern.compile("Buffers: shared(?: hit=(\\d+))?(?: read=(\\d+))?");

  private static final Namespace namespace = ReaderFixture.shared().namespace();
  private static Table table;

  @BeforeAll
  static void makeTable() {
    namespace.execute(
        "create unlogged table big as select n as id, n / 10 as ten,"
            + " '2025-01-01'::timestamptz + n * interval '1 second' as at, n % 10 as digit,"
            + " case when n > 500000 then null else n / 1000 end as maybe"
            + " from generate_series(1, "
            + ROWS
            + ") n",
        "alter table big alter at set not null, alter ten set not null,"
            + " alter digit set not null, add primary key (id)",
        "create index on big (at, id)",
        "create index on big (ten desc, id)",
        "create index on big (digit, id desc)",
        "create index on big (maybe, id)",
        "create index on big (maybe desc, id)",
        "vacuum (analyze) big");
    Catalogue catalogue = ReaderFixture.shared().context().getBean(Catalogue.class);
    table = catalogue.table(namespace.name(), "big").orElseThrow();
  }

  /** An order, and the keys of a row far within it, the tie-breaker last. */
  record Far(List<Sort> sort, List<@Nullable String> keys) {}

  private static Far far(List<Sort> sort, @Nullable String... keys) {
    return new Far(sort, Arrays.asList(keys));
  }

  static List<Far> orders() {
    return List.of(
        far(List.of(), "900000"),
        far(List.of(new Sort("id", true)), "100000"),
        far(List.of(new Sort("at", false)), "2025-01-11 10:00:00+00", "900000"),
        far(List.of(new Sort("ten", true), new Sort("id", false)), "10000", "100005"),
        far(List.of(new Sort("digit", false), new Sort("id", true)), "9", "50009"),
        far(List.of(new Sort("maybe", false)), "450", "450500"),
        far(List.of(new Sort("maybe", false)), null, "990000"),
        far(List.of(new Sort("maybe", true), new Sort("id", false)), null, "990000"),
        far(List.of(new Sort("maybe", true), new Sort("id", false)), "3", "3500"));
  }

  @ParameterizedTest
  @MethodSource("orders")
  void aPageFarWithinCostsWhatTheFirstPageCosts(Far far) throws SQLException {
    PreparedScan scan =
        PreparedScan.of(
            table, new Selection<Value>(namespace.name(), "big", List.of("id"), null, far.sort()));
    int first = blocks(scan, null);
    int farther = blocks(scan, new Position(far.keys()));
    assertThat(first).as("blocks of the first page").isLessThan(PAGE * 3);
    assertThat(farther).as("blocks of a page far within").isLessThanOrEqualTo(first + SLACK);
  }

  /** The blocks that all segments of a page touch, as the service would read them. */
  private static int blocks(PreparedScan scan, @Nullable Position after) throws SQLException {
    List<Segment> segments =
        after == null ? List.of(Segment.WHOLE) : Segment.after(after, scan.keys());
    int blocks = 0;
    int rows = 0;
    DataSource dataSource = ReaderFixture.shared().context().getBean(DataSource.class);
    try (Connection connection = dataSource.getConnection()) {
      for (Segment segment : segments) {
        if (rows <= PAGE) {
          Sql sql = scan.render(segment, false);
          Sql explain =
              new Sql(
                  "explain (analyze, buffers, timing off) " + sql.text(),
                  sql.slots(),
                  sql.weight());
          Sql.Values values =
              new Sql.Values(
                  List.of(), after == null ? List.of() : after.keys(), PAGE + 1 - rows, 0);
          String plan = "";
          try (PreparedStatement statement = explain.prepare(connection, values);
              ResultSet line = statement.executeQuery()) {
            while (line.next()) {
              plan += line.getString(1) + "\n";
            }
          }
          assertThat(plan).as(sql.text()).doesNotContain("Seq Scan");
          blocks += number(plan, BLOCKS);
          rows += number(plan, Pattern.compile("rows=\\d+ width=\\d+\\) \\(actual rows=(\\d+)"));
        }
      }
    }
    assertThat(rows).as("rows of the page and one more").isEqualTo(PAGE + 1);
    return blocks;
  }

  /** The first match is that of the top of the plan. */
  private static int number(String plan, Pattern pattern) {
    Matcher matcher = pattern.matcher(plan);
    assertThat(matcher.find()).as(plan).isTrue();
    int sum = 0;
    for (int group = 1; group <= matcher.groupCount(); group++) {
      sum += matcher.group(group) == null ? 0 : Integer.parseInt(matcher.group(group));
    }
    return sum;
  }

  @Test
  void theWholeTableIsReadOnceByPages() {
    PostgresCollections collections =
        (PostgresCollections)
            ReaderFixture.shared().context().getBean(io.prism.reader.domain.Collections.class);
    var scan =
        collections.scan(
            new Selection<Value>(
                namespace.name(), "big", List.of("id"), null, List.of(new Sort("ten", true))));
    long rows = 0;
    Position position = null;
    do {
      var page = scan.next(position, 0, new PageSize(10_000, 2 << 20, 0));
      rows += page.rows().size();
      position = page.next();
    } while (position != null);
    assertThat(rows).isEqualTo(ROWS);
  }
}
