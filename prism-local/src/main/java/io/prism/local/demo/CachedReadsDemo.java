package io.prism.local.demo;

import com.google.protobuf.Value;
import io.grpc.Channel;
import io.prism.reader.v1.GetRequest;
import io.prism.reader.v1.GetResponse;
import io.prism.reader.v1.ReaderServiceGrpc;
import io.prism.transact.v1.DataWrite;
import io.prism.transact.v1.TransactServiceGrpc;
import io.prism.transact.v1.WriteRequest;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** RFC-002 §22.2: a cache layer under Reader, which Transact keeps right. */
final class CachedReadsDemo {

  private static final String ORDERS = "orders";

  private final Narrator narrator;
  private final String token;
  private final ReaderServiceGrpc.ReaderServiceBlockingStub reader;
  private final TransactServiceGrpc.TransactServiceBlockingStub transact;

  CachedReadsDemo(Channel channel, Narrator narrator, String token) {
    this.narrator = narrator;
    this.token = token;
    this.reader =
        ReaderServiceGrpc.newBlockingStub(channel).withDeadlineAfter(60, TimeUnit.SECONDS);
    this.transact =
        TransactServiceGrpc.newBlockingStub(channel).withDeadlineAfter(60, TimeUnit.SECONDS);
  }

  void run() {
    narrator.title("A cache layer under Reader (RFC-002 §22.2)");
    String order = "order-" + UUID.randomUUID();
    write(
        DataWrite.newBuilder()
            .setMode(DataWrite.WriteMode.WRITE_MODE_INSERT)
            .putRecord("user_id", text("42"))
            .putRecord("product_id", text("7"))
            .putRecord("total", text("19.99"))
            .putRecord("note", text("first")),
        order);
    long begin = System.nanoTime();
    GetResponse first = get(order, "first");
    long between = System.nanoTime();
    GetResponse second = get(order, "first");
    long end = System.nanoTime();
    if (!first.equals(second)) {
      throw new UnexpectedOutcome("the order read twice is not the same");
    }
    narrator.step(
        "Get, Get",
        "an order from the database in %.1f ms, from its copy in %.1f ms"
            .formatted((between - begin) / 1e6, (end - between) / 1e6));
    write(
        DataWrite.newBuilder()
            .setMode(DataWrite.WriteMode.WRITE_MODE_UPDATE)
            .putRecord("note", text("changed")),
        order);
    get(order, "changed");
    narrator.step("Write, Get", "the order is changed, and read as it is now");
  }

  private void write(DataWrite.Builder data, String order) {
    transact.write(
        WriteRequest.newBuilder()
            .setSessionToken(token)
            .setData(data.setTable(ORDERS).putRecord("id", text(order)))
            .build());
  }

  private GetResponse get(String order, String note) {
    GetResponse found =
        reader.get(
            GetRequest.newBuilder()
                .setSessionToken(token)
                .setCollection(ORDERS)
                .setId(order)
                .build());
    String read = found.getRow().getFieldsOrThrow("note").getStringValue();
    if (!read.equals(note)) {
      throw new UnexpectedOutcome("the order's note is " + read + " (expected: " + note + ")");
    }
    return found;
  }

  private static Value text(String text) {
    return Value.newBuilder().setStringValue(text).build();
  }
}
