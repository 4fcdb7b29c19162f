package io.prism.local.demo;

import com.google.protobuf.Value;
import io.grpc.Channel;
import io.prism.reader.v1.CompositeFilter;
import io.prism.reader.v1.CountRequest;
import io.prism.reader.v1.FieldFilter;
import io.prism.reader.v1.FieldFilter.Operator;
import io.prism.reader.v1.Filter;
import io.prism.reader.v1.GetRequest;
import io.prism.reader.v1.GetResponse;
import io.prism.reader.v1.Page;
import io.prism.reader.v1.QueryRequest;
import io.prism.reader.v1.ReadRequest;
import io.prism.reader.v1.ReaderServiceGrpc;
import io.prism.reader.v1.Row;
import io.prism.reader.v1.Sort;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;

/** RFC-002 §5.4: users page by page, and those who are active and new. */
final class ReaderDemo {

  private static final String USERS = "users";

  private final Narrator narrator;
  private final String token;
  private final ReaderServiceGrpc.ReaderServiceBlockingStub reader;

  ReaderDemo(Channel channel, Narrator narrator, String token) {
    this.narrator = narrator;
    this.token = token;
    this.reader =
        ReaderServiceGrpc.newBlockingStub(channel).withDeadlineAfter(60, TimeUnit.SECONDS);
  }

  void run() {
    narrator.title("Reader (RFC-002 §5.4)");
    Row newest = pages();
    query();
    narrator.step(
        "Count",
        "%d users in all"
            .formatted(
                reader
                    .count(
                        CountRequest.newBuilder()
                            .setSessionToken(token)
                            .setCollection(USERS)
                            .build())
                    .getCount()));
    get(newest);
  }

  private Row pages() {
    ReadRequest request =
        ReadRequest.newBuilder()
            .setSessionToken(token)
            .setCollection(USERS)
            .setPageSize(100)
            .addFields("id")
            .addFields("name")
            .addFields("email")
            .addSort(
                Sort.newBuilder()
                    .setField("created_at")
                    .setDirection(Sort.Direction.DIRECTION_DESC))
            .build();
    Row newest = null;
    int pages = 0;
    int rows = 0;
    for (Iterator<Page> stream = reader.read(request); stream.hasNext(); ) {
      Page page = stream.next();
      if (newest == null) {
        newest = page.getRows(0);
      }
      pages++;
      rows += page.getRowsCount();
    }
    if (newest == null) {
      throw new UnexpectedOutcome("there are no users");
    }
    narrator.step(
        "Read",
        "%d users in %d pages, the newest is %s - %s"
            .formatted(rows, pages, text(newest, "id"), text(newest, "name")));
    return newest;
  }

  private void query() {
    Filter active =
        Filter.newBuilder()
            .setField(
                FieldFilter.newBuilder()
                    .setField("status")
                    .setOp(Operator.OPERATOR_EQUALS)
                    .setValue(Value.newBuilder().setStringValue("active")))
            .build();
    Filter recent =
        Filter.newBuilder()
            .setField(
                FieldFilter.newBuilder()
                    .setField("created_at")
                    .setOp(Operator.OPERATOR_GREATER_THAN)
                    .setValue(Value.newBuilder().setStringValue("2025-09-07T00:00:00Z")))
            .build();
    Filter both =
        Filter.newBuilder()
            .setComposite(
                CompositeFilter.newBuilder()
                    .setOp(CompositeFilter.LogicalOperator.LOGICAL_OPERATOR_AND)
                    .addFilters(active)
                    .addFilters(recent))
            .build();
    int found = 0;
    for (Iterator<Row> rows =
            reader.query(
                QueryRequest.newBuilder()
                    .setSessionToken(token)
                    .setCollection(USERS)
                    .setFilter(both)
                    .setLimit(1000)
                    .build());
        rows.hasNext(); ) {
      Row row = rows.next();
      if (!text(row, "status").equals("active")) {
        throw new UnexpectedOutcome("a user who is " + text(row, "status"));
      }
      found++;
    }
    narrator.step("Query", found + " users who are active and were created since 2025-09-07");
  }

  private void get(Row user) {
    GetResponse found =
        reader.get(
            GetRequest.newBuilder()
                .setSessionToken(token)
                .setCollection(USERS)
                .setId(text(user, "id"))
                .build());
    if (!found.getFound()) {
      throw new UnexpectedOutcome("user " + text(user, "id") + " is not found by id");
    }
    narrator.step("Get", "user %s: %s".formatted(text(user, "id"), text(found.getRow(), "email")));
  }

  private static String text(Row row, String field) {
    return row.getFieldsOrThrow(field).getStringValue();
  }
}
