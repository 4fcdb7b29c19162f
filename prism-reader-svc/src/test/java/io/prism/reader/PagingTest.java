package io.prism.reader;

import static io.prism.reader.testing.Requests.all;
import static io.prism.reader.testing.Requests.any;
import static io.prism.reader.testing.Requests.ascending;
import static io.prism.reader.testing.Requests.descending;
import static io.prism.reader.testing.Requests.field;
import static io.prism.reader.testing.Requests.not;
import static io.prism.reader.testing.Requests.read;
import static org.assertj.core.api.Assertions.assertThat;

import io.prism.reader.testing.ReaderFixture;
import io.prism.reader.testing.ReaderFixture.Namespace;
import io.prism.reader.v1.FieldFilter.Operator;
import io.prism.reader.v1.Filter;
import io.prism.reader.v1.Page;
import io.prism.reader.v1.ReadRequest;
import io.prism.reader.v1.ReaderServiceGrpc.ReaderServiceBlockingStub;
import io.prism.reader.v1.Row;
import io.prism.reader.v1.Sort;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random orders and filters, paged by random sizes while rows come and go between the pages. */
final class PagingTest {

  private static final Namespace namespace = ReaderFixture.shared().namespace();
  private static final ReaderServiceBlockingStub reader = namespace.reader();
  private static final int ROUNDS = 25;

  private static final String COLUMNS =
      " (n text not null, a int, b text collate \"C\", c timestamptz not null, d float8, e numeric,"
          + " stays boolean not null, ";

  /** Few values, many ties, many nulls; and values whose text form must be exact. */
  private static final String RANDOM_ROW =
      "(random() * 3)::int::text, case when random() < 0.3 then null else (random() * 4)::int end,"
          + " (array[null, '', 'a', 'B', 'ä', '𝄞', ' x ', '''', '\\'])[1 + (random() * 8)::int],"
          + " '2025-09-07'::timestamptz + (random() * 3)::int * interval '1 microsecond',"
          + " (array[null, 'NaN', 'Infinity', '-Infinity', 0.1, 1e300, -0.0]::float8[])"
          + "[1 + (random() * 6)::int],"
          + " case when random() < 0.2 then null"
          + " else 12345678901234567890.1 + (random() * 2)::int * 0.0000000001 end";

  @BeforeAll
  static void makeTables() {
    namespace.execute(
        "select setseed(0.5)",
        "create table one" + COLUMNS + "id bigint generated always as identity primary key)",
        "create table two"
            + COLUMNS
            + "id bigint generated always as identity, primary key (n, id))",
        "insert into one (n, a, b, c, d, e, stays) select "
            + RANDOM_ROW
            + ", true from generate_series(1, 400)",
        "insert into two (n, a, b, c, d, e, stays) select "
            + RANDOM_ROW
            + ", true from generate_series(1, 400)");
  }

  /** A filter for the service, and the same in SQL with two truth values. */
  private record Both(Filter filter, String sql) {}

  private static Both randomFilter(Random random, int depth) {
    return switch (random.nextInt(depth > 2 ? 4 : 7)) {
      case 0 -> new Both(field("a", Operator.OPERATOR_GREATER_THAN, 1), "coalesce(a > 1, false)");
      case 1 -> new Both(field("b", Operator.OPERATOR_EQUALS, null), "b is null");
      case 2 -> new Both(field("b", Operator.OPERATOR_NOT_EQUALS, "a"), "b is distinct from 'a'");
      case 3 ->
          new Both(
              field("d", Operator.OPERATOR_LESS_THAN_OR_EQUALS, 0.1), "coalesce(d <= 0.1, false)");
      case 4 -> {
        Both inner = randomFilter(random, depth + 1);
        yield new Both(not(inner.filter()), "not (" + inner.sql() + ")");
      }
      case 5 -> {
        Both left = randomFilter(random, depth + 1);
        Both right = randomFilter(random, depth + 1);
        yield new Both(
            all(left.filter(), right.filter()), "(" + left.sql() + " and " + right.sql() + ")");
      }
      default -> {
        Both left = randomFilter(random, depth + 1);
        Both right = randomFilter(random, depth + 1);
        yield new Both(
            any(left.filter(), right.filter()), "(" + left.sql() + " or " + right.sql() + ")");
      }
    };
  }

  private static List<Sort> randomSort(Random random) {
    List<String> columns = new ArrayList<>(List.of("n", "a", "b", "c", "d", "e", "stays"));
    Collections.shuffle(columns, random);
    return columns.subList(0, random.nextInt(5)).stream()
        .map(column -> random.nextBoolean() ? ascending(column) : descending(column))
        .toList();
  }

  /** The order in SQL; it is PostgreSQL's own for both directions. */
  private static String sqlOrder(List<Sort> sort, List<String> key) {
    StringBuilder order = new StringBuilder();
    boolean down = false;
    for (Sort one : sort) {
      down = one.getDirection() == Sort.Direction.DIRECTION_DESC;
      order.append(one.getField()).append(down ? " desc, " : " asc, ");
    }
    for (String column : key) {
      order.append(column).append(down ? " desc, " : " asc, ");
    }
    return order.append("1").toString();
  }

  private static void disturb(Random random, String table) {
    namespace.execute(
        "delete from " + table + " where not stays and random() < 0.3",
        "insert into "
            + table
            + " (n, a, b, c, d, e, stays) select "
            + RANDOM_ROW
            + ", false from generate_series(1, "
            + (1 + random.nextInt(20))
            + ")");
  }

  @ParameterizedTest
  @ValueSource(strings = {"one", "two"})
  void noRowIsDoubledAndNoneThatIsThereAllTheTimeIsMissed(String table) {
    long seed = 20250907L;
    Random random = new Random(seed);
    List<String> key = table.equals("one") ? List.of("id") : List.of("n", "id");
    for (int round = 0; round < ROUNDS; round++) {
      Both both = randomFilter(random, 0);
      List<Sort> sort = randomSort(random);
      ReadRequest.Builder request = read(table).setFilter(both.filter()).addAllSort(sort);
      List<String> ids =
          random.nextBoolean()
              ? byCursor(random, table, request)
              : byStream(random, table, request);
      List<String> expected =
          namespace.select(
              "select id from "
                  + table
                  + " where stays and "
                  + both.sql()
                  + " order by "
                  + sqlOrder(sort, key));
      String what = "seed " + seed + " round " + round + " " + sort + " " + both.sql();
      assertThat(ids).as(what).doesNotHaveDuplicates();
      List<String> staying = new ArrayList<>(ids);
      staying.retainAll(new java.util.HashSet<>(expected));
      assertThat(staying).as(what).isEqualTo(expected);
    }
  }

  private static List<String> byCursor(Random random, String table, ReadRequest.Builder request) {
    List<String> ids = new ArrayList<>();
    while (true) {
      int size = 1 + random.nextInt(120);
      Page page = reader.read(request.setPageSize(size).build()).next();
      assertThat(page.getRowsCount()).isLessThanOrEqualTo(size);
      add(ids, page);
      if (!page.getHasMore()) {
        return ids;
      }
      request.setCursor(page.getNextCursor());
      disturb(random, table);
    }
  }

  private static List<String> byStream(Random random, String table, ReadRequest.Builder request) {
    List<String> ids = new ArrayList<>();
    Iterator<Page> pages = reader.read(request.setPageSize(20 + random.nextInt(100)).build());
    while (pages.hasNext()) {
      add(ids, pages.next());
      disturb(random, table);
    }
    return ids;
  }

  private static void add(List<String> ids, Page page) {
    for (Row row : page.getRowsList()) {
      ids.add(row.getFieldsOrThrow("id").getStringValue());
    }
  }

  @Test
  void pagesOfOneRowVisitEveryRowInEveryMixOfDirections() {
    namespace.execute(
        "create table grid (x int, y int, z int, id int primary key)",
        "insert into grid select nullif(n % 3, 2), nullif(n / 3 % 3, 1), n % 2, n"
            + " from generate_series(1, 30) n");
    for (int mix = 0; mix < 8; mix++) {
      List<Sort> sort =
          List.of(
              (mix & 1) == 0 ? ascending("x") : descending("x"),
              (mix & 2) == 0 ? ascending("y") : descending("y"),
              (mix & 4) == 0 ? ascending("z") : descending("z"));
      List<String> ids = new ArrayList<>();
      reader
          .read(read("grid").addAllSort(sort).setPageSize(1).build())
          .forEachRemaining(
              page ->
                  page.getRowsList()
                      .forEach(
                          row ->
                              ids.add(
                                  Integer.toString(
                                      (int) row.getFieldsOrThrow("id").getNumberValue()))));
      assertThat(ids)
          .isEqualTo(
              namespace.select("select id from grid order by " + sqlOrder(sort, List.of("id"))));
    }
  }
}
