package io.prism.reader;

import static io.prism.reader.testing.Requests.ascending;
import static io.prism.reader.testing.Requests.descending;
import static io.prism.reader.testing.Requests.field;
import static io.prism.reader.testing.Requests.read;
import static io.prism.reader.testing.Requests.value;
import static io.prism.starter.testing.Failures.failsWith;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prism.reader.domain.ReaderReason;
import io.prism.reader.testing.ReaderFixture;
import io.prism.reader.testing.ReaderFixture.Namespace;
import io.prism.reader.v1.FieldFilter.Operator;
import io.prism.reader.v1.Page;
import io.prism.reader.v1.ReadRequest;
import io.prism.reader.v1.ReaderServiceGrpc.ReaderServiceBlockingStub;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class CursorTest {

  private static final Namespace namespace = ReaderFixture.shared().namespace();
  private static final ReaderServiceBlockingStub reader = namespace.reader();

  @BeforeAll
  static void makeTables() {
    makeTables(namespace);
  }

  private static void makeTables(Namespace where) {
    where.execute(
        "create table items (id int primary key, name text, data jsonb)",
        "insert into items select n, 'n' || n % 5, '{}' from generate_series(1, 50) n",
        "create table others (id int primary key, name text, data jsonb)",
        "insert into others select * from items");
  }

  private static ReadRequest.Builder request() {
    return read("items").setPageSize(10).addSort(ascending("name"));
  }

  private static String cursor() {
    return reader.read(request().build()).next().getNextCursor();
  }

  private static void refused(ReaderServiceBlockingStub by, ReadRequest.Builder request) {
    failsWith(ReaderReason.CURSOR_INVALID, () -> by.read(request.build()).next());
  }

  @Test
  void aCursorIsGoodForItsCollectionSortAndFilterOnly() {
    String cursor = cursor();
    assertThat(reader.read(request().setCursor(cursor).build()).next().getRowsCount())
        .isEqualTo(10);
    refused(reader, request().setCollection("others").setCursor(cursor));
    refused(reader, request().clearSort().setCursor(cursor));
    refused(reader, request().clearSort().addSort(descending("name")).setCursor(cursor));
    refused(
        reader, request().addSort(ascending("id")).addSort(ascending("data")).setCursor(cursor));
    refused(
        reader,
        request().setFilter(field("id", Operator.OPERATOR_GREATER_THAN, 0)).setCursor(cursor));
  }

  @Test
  void aCursorIsBoundToTheValuesOfItsFilterHoweverTheyAreWritten() {
    ReadRequest.Builder filtered =
        request().setFilter(field("data", Operator.OPERATOR_CONTAINS, Map.of()));
    String cursor = reader.read(filtered.build()).next().getNextCursor();
    assertThat(reader.read(filtered.setCursor(cursor).build()).next().getRowsCount()).isEqualTo(10);
    refused(reader, filtered.setFilter(field("data", Operator.OPERATOR_CONTAINS, Map.of("a", 1))));
    ReadRequest.Builder numbers =
        request().setFilter(field("id", Operator.OPERATOR_LESS_THAN, value(100)));
    String other = reader.read(numbers.build()).next().getNextCursor();
    refused(
        reader, numbers.setCursor(other).setFilter(field("id", Operator.OPERATOR_LESS_THAN, 101)));
  }

  @Test
  void pageSizeAndProjectionMayChange() {
    Page page =
        reader.read(request().setCursor(cursor()).setPageSize(3).addFields("id").build()).next();
    assertThat(page.getRowsCount()).isEqualTo(3);
  }

  @Test
  void aChangedOrTruncatedCursorIsRefused() {
    String cursor = cursor();
    byte[] bytes = Base64.getUrlDecoder().decode(cursor);
    for (int i = 0; i < bytes.length; i++) {
      byte[] changed = bytes.clone();
      changed[i] ^= 1;
      refused(reader, request().setCursor(Base64.getUrlEncoder().encodeToString(changed)));
    }
    for (int length = 0; length < cursor.length(); length += 3) {
      refused(reader, request().setCursor(cursor.substring(0, length)));
    }
    refused(reader, request().setCursor(cursor + "AAAA"));
    refused(reader, request().setCursor("not base64 !"));
    refused(reader, request().setCursor("ä"));
  }

  @Test
  void aCursorOfAnotherNamespaceIsRefused() {
    Namespace other = ReaderFixture.shared().namespace();
    makeTables(other);
    refused(other.reader(), request().setCursor(cursor()));
  }

  @Test
  void instancesThatShareTheKeyTakeEachOthersCursorsAndNoOther() {
    String key = "prism.reader.cursor-key=0123456789abcdef0123456789abcdef";
    try (ReaderFixture one = new ReaderFixture(key)) {
      Namespace there = one.namespace();
      makeTables(there);
      String cursor = there.reader().read(request().build()).next().getNextCursor();
      try (ReaderFixture two = new ReaderFixture(one.database(), key)) {
        ReaderServiceBlockingStub again =
            Namespace.reader(two.server().channel(there.name(), "reader:read"));
        assertThat(again.read(request().setCursor(cursor).build()).next().getRowsCount())
            .isEqualTo(10);
      }
      try (ReaderFixture stranger = new ReaderFixture(one.database())) {
        refused(
            Namespace.reader(stranger.server().channel(there.name(), "reader:read")),
            request().setCursor(cursor));
      }
    }
  }

  @Test
  void aKeyThatIsTooShortIsRefusedAtTheStart() {
    assertThatThrownBy(() -> new ReaderFixture("prism.reader.cursor-key=short"))
        .rootCause()
        .hasMessageContaining("prism.reader.cursor-key: 5 bytes (expected: at least 32)");
  }
}
