package io.prism.queue.testing;

import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.prism.queue.internal.v1.ChangeDeliveriesRequest;
import io.prism.queue.internal.v1.ChangeDeliveriesResponse;
import io.prism.queue.internal.v1.QueuePeerServiceGrpc;
import io.prism.starter.auth.Session;
import io.prism.starter.peer.PeerGrpcService;
import io.prism.starter.peer.PeerProperties;
import io.prism.starter.peer.Peers;
import io.prism.starter.peer.Presence;
import io.prism.starter.testing.PrismTestServer;
import java.time.Duration;
import java.util.List;

/** A replica that says it has streams of a session and then never answers. */
public final class MutePeer implements AutoCloseable {

  private final PrismTestServer server;

  private MutePeer(PrismTestServer server) {
    this.server = server;
  }

  /** Takes the place of one replica of a deployment. */
  public static MutePeer start(QueueDeployment deployment, int replica, Session session) {
    Presence presence = new Presence();
    presence.hold("session/" + session.id());
    Peers nobody =
        new Peers(
            presence,
            new PeerProperties(
                List.of(), Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO),
            (address, host) -> {
              throw new UnsupportedOperationException();
            },
            () -> 0,
            new SimpleMeterRegistry());
    return new MutePeer(
        PrismTestServer.of(new PeerGrpcService(presence, nobody), new Mute())
            .internalToken(QueueDeployment.INTERNAL_TOKEN)
            .port(deployment.port(replica))
            .start());
  }

  /** Ends as a crash would. */
  public void goAway() {
    server.close();
  }

  @Override
  public void close() {
    goAway();
  }

  private static final class Mute extends QueuePeerServiceGrpc.QueuePeerServiceImplBase {
    @Override
    public void changeDeliveries(
        ChangeDeliveriesRequest request, StreamObserver<ChangeDeliveriesResponse> response) {}
  }
}
