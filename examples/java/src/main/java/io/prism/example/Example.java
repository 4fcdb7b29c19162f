package io.prism.example;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Value;
import com.google.rpc.ErrorInfo;
import io.grpc.Channel;
import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.StatusProto;
import io.prism.cache.v1.CacheServiceGrpc;
import io.prism.cache.v1.GetResponse;
import io.prism.cache.v1.SetExRequest;
import io.prism.client.Retries;
import io.prism.client.SessionKeeper;
import io.prism.config.v1.ClientConfig;
import io.prism.queue.v1.AcknowledgeRequest;
import io.prism.queue.v1.AcknowledgeResponse;
import io.prism.queue.v1.Message;
import io.prism.queue.v1.PublishRequest;
import io.prism.queue.v1.PublishResponse;
import io.prism.queue.v1.QueueServiceGrpc;
import io.prism.queue.v1.QueueServiceGrpc.QueueServiceBlockingStub;
import io.prism.queue.v1.StartPosition;
import io.prism.queue.v1.SubscribeRequest;
import io.prism.reader.v1.FieldFilter;
import io.prism.reader.v1.Filter;
import io.prism.reader.v1.QueryRequest;
import io.prism.reader.v1.ReaderServiceGrpc;
import io.prism.reader.v1.Row;
import io.prism.reader.v1.Sort;
import io.prism.session.v1.CloseSessionRequest;
import io.prism.session.v1.CreateSessionRequest;
import io.prism.session.v1.SessionServiceGrpc;
import io.prism.transact.v1.DataWrite;
import io.prism.transact.v1.TransactServiceGrpc;
import io.prism.transact.v1.TransactionOptions;
import io.prism.transact.v1.WriteRequest;
import io.prism.transact.v1.WriteResponse;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * A session that is kept, a queue, a query, a write that may be repeated, and a cache. Reads
 * PRISM_ADDRESS (host:port) and PRISM_API_KEY. Ends with status 1 at the first answer that is not
 * as promised.
 */
public final class Example {

  private static final long CALL_SECONDS = 30;
  private static final List<String> TEXTS = List.of("one", "two", "three");
  private static final Map<String, String> HEADERS = Map.of("language", "java");

  private final String mark = UUID.randomUUID().toString().substring(0, 8);
  private final String topic = "example-java-" + mark;
  private final Channel channel;

  private Example(Channel channel) {
    this.channel = channel;
  }

  public static void main(String[] arguments) {
    ManagedChannel channel =
        NettyChannelBuilder.forTarget(environment("PRISM_ADDRESS"), transportCredentials())
            .keepAliveTime(30, TimeUnit.SECONDS)
            .keepAliveTimeout(10, TimeUnit.SECONDS)
            .defaultServiceConfig(Retries.ofReads())
            .build();
    CreateSessionRequest request =
        CreateSessionRequest.newBuilder()
            .setApiKey(environment("PRISM_API_KEY"))
            // No pattern, which would open the services of that pattern alone.
            .setInlineConfig(ClientConfig.newBuilder().setNamespace("default"))
            .setClientId("example-java")
            .setClientVersion("1.0.0")
            .build();
    try (SessionKeeper session = SessionKeeper.of(channel, request)) {
      session.open();
      Example example = new Example(session.channel());
      Iterator<Message> open = example.queueing();
      example.reading();
      example.writing();
      example.caching();
      example.renewing(open);
      example.closing(session);
    } finally {
      channel.shutdownNow();
    }
  }

  /** Trusts the authorities of a PEM file; without one there is no TLS, as in local mode. */
  private static ChannelCredentials transportCredentials() {
    String authorities = System.getenv("PRISM_TLS_CA");
    if (authorities == null) {
      return InsecureChannelCredentials.create();
    }
    try {
      return TlsChannelCredentials.newBuilder().trustManager(new File(authorities)).build();
    } catch (IOException e) {
      throw new IllegalStateException("cannot read " + authorities, e);
    }
  }

  /** Publishes with a key, receives in order, acknowledges; the stream stays open. */
  private Iterator<Message> queueing() {
    List<PublishResponse> published = TEXTS.stream().map(this::publish).toList();
    say("published " + published.stream().map(PublishResponse::getMessageId).toList());

    Iterator<Message> stream =
        QueueServiceGrpc.newBlockingStub(channel)
            .subscribe(
                SubscribeRequest.newBuilder()
                    .setTopic(topic)
                    .setConsumerGroup("example")
                    .setPosition(StartPosition.START_POSITION_EARLIEST)
                    .build());
    List<String> received = new ArrayList<>();
    for (int i = 0; i < TEXTS.size(); i++) {
      Message message = stream.next();
      check(
          message.getMessageId().equals(published.get(i).getMessageId()),
          "messages with one key are delivered in the order of publishing",
          message);
      check(
          message.getPayload().equals(ByteString.copyFromUtf8(TEXTS.get(i)))
              && message.getHeadersMap().equals(HEADERS)
              && message.getAttempt() == 1,
          "a message is as it was sent, and is delivered for the first time",
          message);
      received.add(message.getMessageId());
    }
    AcknowledgeResponse acknowledged =
        queues().acknowledge(AcknowledgeRequest.newBuilder().addAllMessageIds(received).build());
    check(
        acknowledged.getAcknowledgedCount() == received.size(),
        "all are acknowledged",
        acknowledged);
    say("received and acknowledged " + received.size());
    return stream;
  }

  private PublishResponse publish(String text) {
    return queues()
        .publish(
            PublishRequest.newBuilder()
                .setTopic(topic)
                .setPayload(ByteString.copyFromUtf8(text))
                .putAllHeaders(HEADERS)
                .setPartitionKey("customer-7")
                .build());
  }

  private QueueServiceBlockingStub queues() {
    return QueueServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS);
  }

  private void reading() {
    Filter active =
        Filter.newBuilder()
            .setField(
                FieldFilter.newBuilder()
                    .setField("status")
                    .setOp(FieldFilter.Operator.OPERATOR_EQUALS)
                    .setValue(text("active")))
            .build();
    Iterator<Row> rows =
        ReaderServiceGrpc.newBlockingStub(channel)
            .withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS)
            .query(
                QueryRequest.newBuilder()
                    .setCollection("users")
                    .setFilter(active)
                    .addSort(Sort.newBuilder().setField("id"))
                    .setLimit(3)
                    .build());
    int count = 0;
    while (rows.hasNext()) {
      Row row = rows.next();
      check(
          row.getFieldsOrThrow("status").getStringValue().equals("active"),
          "users are active",
          row);
      say("read user " + row.getFieldsOrThrow("name").getStringValue());
      count++;
    }
    check(count == 3, "there are as many rows as asked for", count);
  }

  private void writing() {
    WriteRequest request =
        WriteRequest.newBuilder()
            .setData(
                DataWrite.newBuilder()
                    .setTable("orders")
                    .setMode(DataWrite.WriteMode.WRITE_MODE_INSERT)
                    .putRecord("id", text("example-java-" + mark))
                    .putRecord("user_id", text("1"))
                    .putRecord("product_id", text("1"))
                    .putRecord("total", text("39.98")))
            // With the key the write is done once, however often it is sent.
            .setOptions(
                TransactionOptions.newBuilder()
                    .setIdempotent(true)
                    .setIdempotencyKey("example-java-" + mark))
            .build();
    WriteResponse first = write(request);
    check(
        first.getCommitted() && first.getDataResult().getRowsAffected() == 1,
        "one row is written",
        first);
    WriteResponse second = write(request);
    check(second.equals(first), "the same write has the same answer", second);
    say("wrote an order, twice with one effect: transaction " + first.getTransactionId());
  }

  private WriteResponse write(WriteRequest request) {
    return TransactServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS)
        .write(request);
  }

  private void caching() {
    var cache =
        CacheServiceGrpc.newBlockingStub(channel).withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS);
    String key = "example-java:" + mark;
    var _ =
        cache.setEx(
            SetExRequest.newBuilder()
                .setKey(key)
                .setValue(ByteString.copyFromUtf8("hello"))
                .setTtl(com.google.protobuf.Duration.newBuilder().setSeconds(60))
                .build());
    GetResponse got = cache.get(io.prism.cache.v1.GetRequest.newBuilder().setKey(key).build());
    check(
        got.getFound() && got.getValue().equals(ByteString.copyFromUtf8("hello")),
        "the value is as set",
        got);
    say("cached a value");
  }

  /** The session is closed without the keeper; the next call gets another, and nobody notices. */
  private void renewing(Iterator<Message> open) {
    var _ =
        SessionServiceGrpc.newBlockingStub(channel)
            .withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS)
            .closeSession(CloseSessionRequest.newBuilder().setForce(true).build());
    StatusRuntimeException end = refusal(() -> fail(open.next()));
    check(reason(end).equals("SESSION_CLOSED"), "open streams end with their session", end);
    PublishResponse published = publish("in a new session");
    say("the session was closed; published " + published.getMessageId() + " in a new one");
  }

  private void closing(SessionKeeper session) {
    session.close();
    StatusRuntimeException refused = refusal(() -> publish("too late"));
    check(
        refused.getStatus().getCode() == Status.Code.UNAUTHENTICATED,
        "a closed keeper makes no session",
        refused);
    say("closed; calls fail: " + refused.getStatus().getDescription());
  }

  private static void fail(Message message) {
    throw failure("no message comes", message);
  }

  private static StatusRuntimeException refusal(Runnable call) {
    try {
      call.run();
    } catch (StatusRuntimeException e) {
      return e;
    }
    throw failure("a call is refused", "an answer");
  }

  /** Why a call was refused, as programs are told. */
  private static String reason(StatusRuntimeException refusal) {
    var status = StatusProto.fromThrowable(refusal);
    if (status != null) {
      for (Any detail : status.getDetailsList()) {
        if (detail.is(ErrorInfo.class)) {
          try {
            return detail.unpack(ErrorInfo.class).getReason();
          } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(e);
          }
        }
      }
    }
    return "";
  }

  private static Value text(String value) {
    return Value.newBuilder().setStringValue(value).build();
  }

  private static String environment(String name) {
    String value = System.getenv(name);
    if (value == null) {
      throw failure(name + " is set", "nothing");
    }
    return value;
  }

  private static void check(boolean holds, String promise, Object seen) {
    if (!holds) {
      throw failure(promise, seen);
    }
  }

  private static IllegalStateException failure(String promise, Object seen) {
    return new IllegalStateException("expected that " + promise + ", but got: " + seen);
  }

  private static void say(String line) {
    System.out.println("example: " + line);
  }
}
