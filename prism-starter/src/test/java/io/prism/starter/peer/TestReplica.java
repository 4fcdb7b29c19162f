package io.prism.starter.peer;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.ByteString;
import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.prism.queue.internal.v1.ChangeDeliveriesRequest;
import io.prism.queue.internal.v1.ChangeDeliveriesResponse;
import io.prism.queue.internal.v1.QueuePeerServiceGrpc;
import io.prism.starter.auth.InternalGuard;
import io.prism.starter.testing.PrismTestServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/** A replica on a real socket, with one rpc that others may ask; it answers with its name. */
final class TestReplica implements AutoCloseable {

  static final String TOKEN = "internal-token-of-this-test-deployment";

  final Presence presence = new Presence();
  final Peers peers;
  final PrismTestServer server;
  final AtomicInteger asked = new AtomicInteger();
  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  volatile boolean answering = true;
  private final String name;

  private TestReplica(
      String name, int port, int toldPort, String token, PeerProperties properties) {
    this.name = name;
    Metadata headers = new Metadata();
    headers.put(InternalGuard.TOKEN, token);
    this.peers =
        new Peers(
            presence,
            properties,
            (address, host) ->
                NettyChannelBuilder.forAddress(address)
                    .usePlaintext()
                    .directExecutor()
                    .intercept(MetadataUtils.newAttachHeadersInterceptor(headers))
                    .build(),
            () -> toldPort,
            meters);
    this.server =
        PrismTestServer.of(new PeerGrpcService(presence, peers), new Asked())
            .internalToken(TOKEN)
            .port(port)
            .start();
  }

  /** A replica that listens on a port and does not look for others before it is told to. */
  static TestReplica create(String name, int port, String... addresses) {
    return new TestReplica(name, port, port, TOKEN, properties(addresses));
  }

  /** One that does not know its own port, so that it knows itself only when it meets itself. */
  static TestReplica withoutPort(String name, int port, String... addresses) {
    return new TestReplica(name, port, 0, TOKEN, properties(addresses));
  }

  /** One that cannot prove that it belongs to the deployment. */
  static TestReplica stranger(String name, int port, String... addresses) {
    return new TestReplica(
        name, port, port, "another-deployment-has-another-token", properties(addresses));
  }

  private static PeerProperties properties(String... addresses) {
    return new PeerProperties(
        List.of(addresses),
        Duration.ofMillis(100),
        Duration.ofMillis(500),
        Duration.ofSeconds(3),
        Duration.ofMillis(700));
  }

  TestReplica start() {
    peers.start();
    return this;
  }

  /** Asks for a key until somebody has answered; the names of those who did, and what is amiss. */
  Answers<String> ask(String key) {
    return ask(key, given -> !given.isEmpty());
  }

  Answers<String> ask(String key, Predicate<List<String>> isEnough) {
    Answers<ChangeDeliveriesResponse> answers =
        peers.ask(key, TestReplica::call, given -> isEnough.test(names(given))).join();
    return new Answers<>(names(answers.given()), answers.holderMissing());
  }

  private static ListenableFuture<ChangeDeliveriesResponse> call(Channel channel) {
    return QueuePeerServiceGrpc.newFutureStub(channel)
        .changeDeliveries(ChangeDeliveriesRequest.getDefaultInstance());
  }

  private static List<String> names(List<ChangeDeliveriesResponse> given) {
    List<String> names = new ArrayList<>();
    given.forEach(answer -> names.add(answer.getChanged().toStringUtf8()));
    names.sort(null);
    return names;
  }

  /** How many other replicas are known, and what they hold. */
  int known() {
    return (int) meters.get("prism.peers").tag("state", "known").gauge().value();
  }

  int outOfReach() {
    return (int) meters.get("prism.peers").tag("state", "out_of_reach").gauge().value();
  }

  static String at(int port) {
    return "127.0.0.1:" + port;
  }

  /** Goes away at once, as when it is killed. */
  @Override
  public void close() {
    peers.stop();
    server.close();
  }

  private final class Asked extends QueuePeerServiceGrpc.QueuePeerServiceImplBase {
    @Override
    public void changeDeliveries(
        ChangeDeliveriesRequest request, StreamObserver<ChangeDeliveriesResponse> response) {
      asked.incrementAndGet();
      if (answering) {
        response.onNext(
            ChangeDeliveriesResponse.newBuilder()
                .setChanged(ByteString.copyFromUtf8(name))
                .build());
        response.onCompleted();
      }
    }
  }
}
