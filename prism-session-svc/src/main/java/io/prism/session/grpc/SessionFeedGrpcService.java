package io.prism.session.grpc;

import io.grpc.stub.StreamObserver;
import io.prism.session.domain.InstanceStore;
import io.prism.session.domain.SessionChanges;
import io.prism.session.domain.SessionStore;
import io.prism.session.internal.v1.ServiceReport;
import io.prism.session.internal.v1.SessionChange;
import io.prism.session.internal.v1.SessionFeedGrpc;
import io.prism.starter.call.OutboundStream;

/** Serves {@code prism.session.internal.v1.SessionFeed}. */
final class SessionFeedGrpcService extends SessionFeedGrpc.SessionFeedImplBase {

  private final SessionStore sessions;
  private final InstanceStore instances;
  private final SessionChanges changes;
  private final int maxWaiting;

  SessionFeedGrpcService(
      SessionStore sessions, InstanceStore instances, SessionChanges changes, int maxWaiting) {
    this.sessions = sessions;
    this.instances = instances;
    this.changes = changes;
    this.maxWaiting = maxWaiting;
  }

  @Override
  public StreamObserver<ServiceReport> sync(StreamObserver<SessionChange> responses) {
    OutboundStream<SessionChange> out = OutboundStream.of(responses);
    FeedStream stream = new FeedStream(out, sessions, instances, changes, maxWaiting);
    out.listen(stream);
    return stream;
  }
}
