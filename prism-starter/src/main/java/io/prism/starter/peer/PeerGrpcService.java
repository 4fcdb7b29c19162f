package io.prism.starter.peer;

import io.grpc.BindableService;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.StreamObserver;
import io.prism.peer.internal.v1.PeerServiceGrpc;
import io.prism.peer.internal.v1.WatchRequest;
import io.prism.peer.internal.v1.WatchResponse;
import io.prism.starter.call.OutboundStream;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/** Serves {@code prism.peer.internal.v1.PeerService}: tells other replicas what this one holds. */
public final class PeerGrpcService implements BindableService, PeerServiceGrpc.AsyncService {

  private static final Context.Key<SocketAddress> REMOTE = Context.key("prism-peer-address");

  private final Presence presence;
  private final Peers peers;

  public PeerGrpcService(Presence presence, Peers peers) {
    this.presence = presence;
    this.peers = peers;
  }

  @Override
  public ServerServiceDefinition bindService() {
    return ServerInterceptors.intercept(
        PeerServiceGrpc.bindService(this), new RemoteAddressInterceptor());
  }

  @Override
  public void watch(WatchRequest request, StreamObserver<WatchResponse> response) {
    OutboundStream<WatchResponse> out = OutboundStream.of(response);
    PresenceStream stream = new PresenceStream(presence, out);
    out.listen(stream);
    // Changes are collected from before the snapshot on, so that nothing falls in between.
    presence.add(stream);
    if (out.isEnded()) {
      presence.remove(stream);
    }
    stream.onReady();
    if (request.getPort() > 0 && REMOTE.get() instanceof InetSocketAddress remote) {
      peers.met(
          request.getInstanceId(), new InetSocketAddress(remote.getAddress(), request.getPort()));
    }
  }

  private static final class RemoteAddressInterceptor implements ServerInterceptor {
    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
      SocketAddress remote = call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
      return remote == null
          ? next.startCall(call, headers)
          : Contexts.interceptCall(
              Context.current().withValue(REMOTE, remote), call, headers, next);
    }
  }
}
