package io.prism.session;

import com.google.protobuf.ByteString;
import io.grpc.BindableService;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.prism.queue.v1.PublishRequest;
import io.prism.queue.v1.QueueServiceGrpc;
import io.prism.starter.auth.SessionFeedClient;
import io.prism.starter.auth.SessionKeys;
import io.prism.starter.auth.SessionProperties;
import io.prism.starter.auth.SessionRegistry;
import io.prism.starter.testing.PrismTestServer;
import io.prism.starter.testing.TestQueue;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A service of another kind, as deployed: the real chain, keys over HTTP, the real feed client. */
final class VerifyingService implements AutoCloseable {

  private final SessionRegistry registry;
  private final SessionFeedClient feed;
  private final PrismTestServer server;
  private final TestQueue queue = new TestQueue();

  /**
   * @param others what it serves beside its queue
   */
  VerifyingService(SessionReplica replica, BindableService... others) {
    this(replica.feedAddress(), replica.jwksUri(), Duration.ofMinutes(5), others);
  }

  VerifyingService(
      String feedAddress, URI jwksUri, Duration maxStaleness, BindableService... others) {
    SessionProperties properties =
        new SessionProperties(
            "prism",
            jwksUri,
            Duration.ofSeconds(1),
            Duration.ofSeconds(1),
            Duration.ofMillis(200),
            20_000,
            new SessionProperties.Feed(
                feedAddress, false, Duration.ofMillis(200), Duration.ofSeconds(5), maxStaleness));
    registry = new SessionRegistry(maxStaleness, Clock.systemUTC());
    feed =
        new SessionFeedClient(
            registry,
            properties.feed(),
            () -> Grpc.newChannelBuilder(feedAddress, InsecureChannelCredentials.create()).build(),
            SessionReplica.INTERNAL_TOKEN,
            List.of("prism.queue.v1.QueueService"),
            List.of("queue.redelivery"));
    server =
        PrismTestServer.of(
                Stream.concat(Stream.of(queue), Stream.of(others)).toArray(BindableService[]::new))
            .registry(registry)
            .sessionsKnown(false)
            .keys(SessionKeys.of(properties, null))
            .start();
    feed.start();
  }

  SessionRegistry registry() {
    return registry;
  }

  TestQueue queue() {
    return queue;
  }

  PrismTestServer server() {
    return server;
  }

  QueueServiceGrpc.QueueServiceBlockingStub stub(String token) {
    return QueueServiceGrpc.newBlockingStub(server.channel(token))
        .withDeadlineAfter(60, TimeUnit.SECONDS);
  }

  QueueServiceGrpc.QueueServiceStub asyncStub(String token) {
    return QueueServiceGrpc.newStub(server.channel(token));
  }

  static PublishRequest message() {
    return PublishRequest.newBuilder()
        .setTopic("t")
        .setPayload(ByteString.copyFromUtf8("payload"))
        .build();
  }

  @Override
  public void close() {
    feed.stop();
    server.close();
  }
}
