package io.prism.reader;

import static io.prism.reader.testing.Requests.ascending;
import static io.prism.reader.testing.Requests.descending;
import static io.prism.reader.testing.Requests.field;
import static io.prism.reader.testing.Requests.valuesOf;
import static io.prism.starter.testing.Failures.failsWith;
import static org.assertj.core.api.Assertions.assertThat;

import io.prism.reader.testing.ReaderFixture;
import io.prism.reader.testing.ReaderFixture.Namespace;
import io.prism.reader.v1.CountRequest;
import io.prism.reader.v1.FieldFilter.Operator;
import io.prism.reader.v1.QueryRequest;
import io.prism.reader.v1.ReaderServiceGrpc.ReaderServiceBlockingStub;
import io.prism.reader.v1.Row;
import io.prism.starter.error.CallReason;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class QueryTest {

  private static final Namespace namespace = ReaderFixture.shared().namespace();
  private static final ReaderServiceBlockingStub reader = namespace.reader();

  @BeforeAll
  static void makeTables() {
    namespace.execute(
        "create table events (id int primary key, kind text not null, n int)",
        "insert into events select n, 'k' || n % 3, nullif(n % 10, 0)"
            + " from generate_series(1, 5000) n");
  }

  private static QueryRequest.Builder request() {
    return QueryRequest.newBuilder().setCollection("events");
  }

  private static List<Row> query(QueryRequest.Builder request) {
    List<Row> rows = new ArrayList<>();
    reader.query(request.build()).forEachRemaining(rows::add);
    return rows;
  }

  private static List<Integer> ids(List<Row> rows) {
    return rows.stream().map(row -> (int) row.getFieldsOrThrow("id").getNumberValue()).toList();
  }

  @Test
  void streamsAllRowsInTheOrderOfTheKeyUnlessItIsAskedForAnother() {
    List<Row> rows = query(request());
    assertThat(ids(rows)).hasSize(5000).isSorted();
    assertThat(ids(query(request().addSort(descending("id"))))).isEqualTo(ids(rows).reversed());
    assertThat(
            valuesOf(query(request().addSort(ascending("kind")).addSort(descending("n"))), "kind"))
        .hasSize(5000)
        .isSortedAccordingTo((a, b) -> String.valueOf(a).compareTo(String.valueOf(b)));
  }

  @Test
  void limitAndOffsetCountRowsAcrossChunks() {
    assertThat(ids(query(request().setLimit(2500).setOffset(1200))))
        .hasSize(2500)
        .startsWith(1201)
        .endsWith(3700);
    assertThat(query(request().setLimit(0))).isEmpty();
    assertThat(query(request().setLimit(1))).hasSize(1);
    assertThat(query(request().setOffset(4990))).hasSize(10);
    assertThat(query(request().setOffset(5000))).isEmpty();
    assertThat(query(request().setOffset(Integer.MAX_VALUE).setLimit(Integer.MAX_VALUE))).isEmpty();
  }

  @Test
  void negativeLimitsAndOffsetsAreRefused() {
    failsWith(CallReason.INVALID_ARGUMENT, () -> query(request().setLimit(-1)));
    failsWith(CallReason.INVALID_ARGUMENT, () -> query(request().setOffset(-1)));
  }

  @Test
  void aFilterAndAProjectionApply() {
    List<Row> rows =
        query(
            request()
                .setFilter(field("n", Operator.OPERATOR_EQUALS, null))
                .addFields("kind")
                .setLimit(3));
    assertThat(rows)
        .hasSize(3)
        .allMatch(row -> row.getFieldsMap().keySet().equals(java.util.Set.of("kind")));
  }

  @Test
  void countIsExact() {
    assertThat(reader.count(CountRequest.newBuilder().setCollection("events").build()).getCount())
        .isEqualTo(5000);
    assertThat(
            reader
                .count(
                    CountRequest.newBuilder()
                        .setCollection("events")
                        .setFilter(field("kind", Operator.OPERATOR_EQUALS, "k1"))
                        .build())
                .getCount())
        .isEqualTo(1667);
  }
}
