package io.prism.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Value;
import com.google.protobuf.util.Timestamps;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.Context;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import io.prism.cache.v1.CacheOrigin;
import io.prism.cache.v1.CacheServiceGrpc;
import io.prism.cache.v1.DeleteRequest;
import io.prism.cache.v1.SetRequest;
import io.prism.config.v1.AccessPattern;
import io.prism.config.v1.CacheConfig;
import io.prism.config.v1.CacheSource;
import io.prism.config.v1.CacheStrategy;
import io.prism.config.v1.ClientConfig;
import io.prism.config.v1.TimeSeriesConfig;
import io.prism.local.services.Ports;
import io.prism.local.services.Suite;
import io.prism.objectstore.v1.HeadObjectResponse;
import io.prism.objectstore.v1.PutObjectResponse;
import io.prism.queue.v1.AcknowledgeRequest;
import io.prism.queue.v1.BatchMessage;
import io.prism.queue.v1.Message;
import io.prism.queue.v1.PublishBatchRequest;
import io.prism.queue.v1.QueueServiceGrpc;
import io.prism.queue.v1.QueueServiceGrpc.QueueServiceBlockingStub;
import io.prism.queue.v1.StartPosition;
import io.prism.queue.v1.SubscribeRequest;
import io.prism.reader.v1.GetRequest;
import io.prism.reader.v1.GetResponse;
import io.prism.reader.v1.ReaderServiceGrpc;
import io.prism.session.v1.CreateSessionRequest;
import io.prism.session.v1.SessionServiceGrpc;
import io.prism.timeseries.v1.AggregateFunction;
import io.prism.timeseries.v1.AggregateRequest;
import io.prism.timeseries.v1.AggregateRow;
import io.prism.timeseries.v1.AppendEventsRequest;
import io.prism.timeseries.v1.Event;
import io.prism.timeseries.v1.TimeSeriesServiceGrpc;
import io.prism.timeseries.v1.TimeSeriesServiceGrpc.TimeSeriesServiceBlockingStub;
import io.prism.transact.v1.DataWrite;
import io.prism.transact.v1.DataWrite.WriteMode;
import io.prism.transact.v1.TransactServiceGrpc;
import io.prism.transact.v1.WriteRequest;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * RFC-002 §21 and §22: what services do together, by their own clients. That a copy was served is
 * proved by a change behind Prism's back, which only the store knows of.
 */
final class IntegrationPatternsTest {

  private static final CacheConfig CACHE =
      CacheConfig.newBuilder()
          .setEnabled(true)
          .setTtlSeconds(600)
          .setNegativeTtlSeconds(600)
          .build();

  private static LocalEngines engines;
  private static Suite suite;
  private static ManagedChannel channel;

  @BeforeAll
  static void start(@TempDir Path temporary) throws Exception {
    Path folder = temporary.toRealPath();
    Properties properties = new Properties();
    properties.setProperty("prism.home", System.getProperty("prism.home"));
    engines = LocalEngines.needed(LocalSettings.from(Map.of(), properties), folder, progress -> {});
    engines.start();
    Path broken = Files.createDirectories(Migrations.in(folder).resolve("broken"));
    Files.writeString(broken.resolve("v1_tool.sql"), "create table tool (id int primary key);");
    Ports ports = new Ports(freePort(), freePort());
    suite = Suite.start(ports, folder, Migrations.in(folder), engines.stores(), progress -> {});
    channel =
        Grpc.newChannelBuilder("127.0.0.1:" + ports.grpc(), InsecureChannelCredentials.create())
            .build();
  }

  @Test
  void aFileOfTablesThatCannotBeUsedIsCounted() {
    assertThat(suite.failedMigrations()).isEqualTo(1);
  }

  @AfterAll
  static void stop() throws InterruptedException {
    if (channel != null) {
      channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    }
    if (suite != null) {
      suite.close();
    }
    if (engines != null) {
      engines.close();
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  /** A client of a session of its own. */
  private record Client(ClientInterceptor session) {

    static Client of(ClientConfig.Builder config) {
      Metadata headers = new Metadata();
      headers.put(
          Metadata.Key.of("x-session-token", Metadata.ASCII_STRING_MARSHALLER),
          SessionServiceGrpc.newBlockingStub(channel)
              .createSession(
                  CreateSessionRequest.newBuilder()
                      .setApiKey(suite.apiKey())
                      .setClientId("test")
                      .setInlineConfig(config.setNamespace("default"))
                      .build())
              .getSessionToken());
      return new Client(MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    GetResponse get(String collection, String id) {
      return ReaderServiceGrpc.newBlockingStub(channel)
          .withInterceptors(session)
          .withDeadlineAfter(30, TimeUnit.SECONDS)
          .get(GetRequest.newBuilder().setCollection(collection).setId(id).build());
    }

    String name(String id) {
      return get("users", id).getRow().getFieldsOrThrow("name").getStringValue();
    }

    void write(WriteMode mode, String idField, String... record) {
      DataWrite.Builder data =
          DataWrite.newBuilder().setTable("users").setMode(mode).setIdField(idField);
      for (int i = 0; i < record.length; i += 2) {
        data.putRecord(record[i], Value.newBuilder().setStringValue(record[i + 1]).build());
      }
      TransactServiceGrpc.newBlockingStub(channel)
          .withInterceptors(session)
          .withDeadlineAfter(30, TimeUnit.SECONDS)
          .write(WriteRequest.newBuilder().setData(data).build());
    }

    QueueServiceBlockingStub queue() {
      return QueueServiceGrpc.newBlockingStub(channel)
          .withInterceptors(session)
          .withDeadlineAfter(30, TimeUnit.SECONDS);
    }

    TimeSeriesServiceBlockingStub events() {
      return TimeSeriesServiceGrpc.newBlockingStub(channel)
          .withInterceptors(session)
          .withDeadlineAfter(30, TimeUnit.SECONDS);
    }

    /** So many messages of a worker's group, on a stream that lives as long as the context. */
    List<Message> messages(int count) {
      Iterator<Message> stream =
          queue()
              .subscribe(
                  SubscribeRequest.newBuilder()
                      .setTopic("clicks")
                      .setConsumerGroup("time-series")
                      .setPosition(StartPosition.START_POSITION_EARLIEST)
                      .build());
      return Stream.generate(stream::next).limit(count).toList();
    }

    /** Stores messages as events, and says how many were accepted. */
    long store(List<Message> messages) {
      AppendEventsRequest.Builder request = AppendEventsRequest.newBuilder();
      for (Message message : messages) {
        request.addEvents(
            Event.newBuilder()
                .setTimestamp(Timestamps.toNanos(message.getTimestamp()))
                .setEventType("click")
                .setSource("queue")
                .setEventId(message.getMessageId())
                .putDimensions("topic", message.getTopic())
                .putMetrics("number", Double.parseDouble(message.getPayload().toStringUtf8())));
      }
      return events().appendEvents(request.build()).getAccepted();
    }

    io.prism.cache.v1.GetResponse cached(String key) {
      return cache().get(io.prism.cache.v1.GetRequest.newBuilder().setKey(key).build());
    }

    CacheServiceGrpc.CacheServiceBlockingStub cache() {
      return CacheServiceGrpc.newBlockingStub(channel)
          .withInterceptors(session)
          .withDeadlineAfter(30, TimeUnit.SECONDS);
    }

    Pictures pictures() {
      return new Pictures(ClientInterceptors.intercept(channel, session));
    }
  }

  private static void behindTheBack(String sql) throws SQLException {
    Map<String, Object> store = engines.stores().properties();
    try (Connection connection =
            DriverManager.getConnection(
                (String) store.get("spring.datasource.url"),
                (String) store.get("spring.datasource.username"),
                (String) store.get("spring.datasource.password"));
        Statement statement = connection.createStatement()) {
      statement.execute("set search_path to ns_default");
      statement.execute(sql);
    }
  }

  /** RFC-002 §21.1: one session reads through copies, writes rows, and has values cached. */
  @Test
  void cacheAndKeyValue() throws Exception {
    Client client =
        Client.of(
            ClientConfig.newBuilder()
                .setPattern(AccessPattern.ACCESS_PATTERN_KEY_VALUE)
                .setCache(
                    CACHE.toBuilder()
                        .setSource(
                            CacheSource.newBuilder()
                                .setCollection("users")
                                .setValueField("name"))));
    client.write(WriteMode.WRITE_MODE_UPDATE, "id", "id", "7", "name", "Seven");
    assertThat(client.name("7")).isEqualTo("Seven");
    assertThat(client.cached("users:7").getValue().toStringUtf8()).isEqualTo("Seven");
    behindTheBack("update users set name = 'unseen' where id = 7");
    assertThat(client.name("7")).isEqualTo("Seven");
    assertThat(client.cached("users:7").getValue().toStringUtf8()).isEqualTo("Seven");
    assertThat(client.cached("users:7").getOrigin()).isEqualTo(CacheOrigin.CACHE_ORIGIN_CACHE);
    client.write(
        WriteMode.WRITE_MODE_UPDATE, "id", "id", "7", "name", "Seven of Nine", "status", "closed");
    assertThat(client.name("7")).isEqualTo("Seven of Nine");
    assertThat(client.cached("users:7").getValue().toStringUtf8()).isEqualTo("Seven of Nine");
  }

  /**
   * RFC-002 §21.2: a worker brings messages into time series. It dies before it has acknowledged
   * what it has stored, and each message counts once all the same, since its id is the event's.
   */
  @Test
  void queueAndTimeSeries() {
    Client client =
        Client.of(
            ClientConfig.newBuilder()
                .setTimeseries(TimeSeriesConfig.newBuilder().addRollupDimensions("topic")));
    PublishBatchRequest.Builder batch = PublishBatchRequest.newBuilder().setTopic("clicks");
    for (int i = 0; i < 100; i++) {
      batch.addMessages(
          BatchMessage.newBuilder().setPayload(ByteString.copyFromUtf8(String.valueOf(i))));
    }
    long begun = System.currentTimeMillis();
    client.queue().publishBatch(batch.build());
    Context.CancellableContext dying = Context.current().withCancellation();
    dying.run(() -> assertThat(client.store(client.messages(60))).isEqualTo(60));
    dying.cancel(null);
    Context.CancellableContext living = Context.current().withCancellation();
    living.run(
        () -> {
          List<Message> all = client.messages(100);
          assertThat(client.store(all)).isEqualTo(100);
          List<String> ids = all.stream().map(Message::getMessageId).toList();
          assertThat(
                  client
                      .queue()
                      .acknowledge(AcknowledgeRequest.newBuilder().addAllMessageIds(ids).build())
                      .getAcknowledgedCount())
              .isEqualTo(100);
        });
    living.cancel(null);
    AggregateRequest clicks =
        AggregateRequest.newBuilder()
            .setStartTime(TimeUnit.MILLISECONDS.toNanos(begun - 60_000))
            .setEndTime(TimeUnit.MILLISECONDS.toNanos(begun + 600_000))
            .addGroupBy("topic")
            .addMetricNames("number")
            .addFunctions(AggregateFunction.AGGREGATE_FUNCTION_COUNT)
            .addFunctions(AggregateFunction.AGGREGATE_FUNCTION_SUM)
            .build();
    assertThat(client.events().queryAggregates(clicks).getRowsList())
        .extracting(AggregateRow::getValue)
        .containsExactly(100.0, 4950.0);
  }

  /** RFC-002 §21.3: an application keeps in the cache what it knows about its objects. */
  @Test
  void objectStorageAndCache() throws Exception {
    Client client =
        Client.of(
            ClientConfig.newBuilder()
                .setCache(CACHE.toBuilder().setStrategy(CacheStrategy.CACHE_STRATEGY_CACHE_ONLY)));
    Pictures pictures = client.pictures();
    String key = "users/42.png";
    PutObjectResponse first = pictures.put(key, "first", "Ada");
    keepMetadata(client, key);
    PutObjectResponse second = pictures.put(key, "second", "Grace");
    assertThat(second.getEtag()).isNotEqualTo(first.getEtag());
    HeadObjectResponse before = metadata(client, key);
    assertThat(before.getObject().getEtag()).as("as it was cached").isEqualTo(first.getEtag());
    assertThat(before.getMetadataMap()).containsExactly(Map.entry("taken-by", "Ada"));

    keepMetadata(client, key);
    HeadObjectResponse after = metadata(client, key);
    assertThat(after).isEqualTo(pictures.head(key));
    assertThat(after.getObject().getEtag()).isEqualTo(second.getEtag());
    assertThat(after.getSha256()).isEqualTo(second.getSha256());
    assertThat(after.getMetadataMap()).containsExactly(Map.entry("taken-by", "Grace"));
    assertThat(pictures.get(key)).isEqualTo("second");

    pictures.delete(key);
    client.cache().delete(DeleteRequest.newBuilder().setKey(key).build());
    assertThat(client.cached(key).getFound()).isFalse();
  }

  private static void keepMetadata(Client client, String key) {
    client
        .cache()
        .set(
            SetRequest.newBuilder()
                .setKey(key)
                .setValue(client.pictures().head(key).toByteString())
                .build());
  }

  private static HeadObjectResponse metadata(Client client, String key)
      throws InvalidProtocolBufferException {
    return HeadObjectResponse.parseFrom(client.cached(key).getValue());
  }

  /** RFC-002 §22.2: the client's code is the same, its configuration has a cache. */
  @Test
  void addingACacheLayer() throws Exception {
    Client before = Client.of(ClientConfig.newBuilder());
    Client after = Client.of(ClientConfig.newBuilder().setCache(CACHE));
    GetResponse direct = before.get("users", "42");
    assertThat(after.get("users", "42")).as("from the database").isEqualTo(direct);
    behindTheBack("update users set name = 'unseen' where id = 42");
    assertThat(after.get("users", "42")).as("from the copy").isEqualTo(direct);
    assertThat(before.name("42")).isEqualTo("unseen");

    before.write(WriteMode.WRITE_MODE_UPDATE, "id", "id", "42", "name", "Douglas");
    assertThat(after.name("42")).isEqualTo("Douglas");
    String email = after.get("users", "42").getRow().getFieldsOrThrow("email").getStringValue();
    before.write(WriteMode.WRITE_MODE_UPDATE, "email", "email", email, "name", "Adams");
    assertThat(after.name("42")).isEqualTo("Adams");

    assertThat(after.get("users", "100042").getFound()).isFalse();
    before.write(
        WriteMode.WRITE_MODE_INSERT, "", "id", "100042", "name", "New", "email", "new@example.com");
    assertThat(after.name("100042")).isEqualTo("New");
    before.write(WriteMode.WRITE_MODE_UPDATE, "email", "email", "new@example.com", "id", "100043");
    assertThat(after.get("users", "100042").getFound()).isFalse();
    assertThat(after.name("100043")).isEqualTo("New");
    before.write(WriteMode.WRITE_MODE_DELETE, "id", "id", "100043");
    assertThat(after.get("users", "100043").getFound()).isFalse();
  }
}
