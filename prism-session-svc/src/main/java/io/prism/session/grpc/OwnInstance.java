package io.prism.session.grpc;

import io.prism.session.domain.InstanceReport;
import io.prism.session.domain.InstanceStore;
import io.prism.session.domain.SessionChanges;
import io.prism.session.domain.SessionEvent;
import io.prism.session.domain.SessionStore;
import io.prism.session.domain.SessionUse;
import io.prism.session.internal.v1.SessionState;
import io.prism.starter.auth.SessionRegistry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** This service as one of the instances that sessions are used on: it needs no stream to itself. */
public final class OwnInstance implements SessionChanges.Follower {

  private static final int PAGE = 1_000;

  private final String instanceId = UUID.randomUUID().toString();
  private final SessionRegistry registry;
  private final SessionStore sessions;
  private final InstanceStore instances;
  private final List<String> services;
  private final List<String> features;

  // Touched by whoever reports, one at a time.
  private @Nullable InstanceReport unbooked;
  private long sequence;

  public OwnInstance(
      SessionRegistry registry,
      SessionStore sessions,
      InstanceStore instances,
      List<String> services,
      List<String> features) {
    this.registry = registry;
    this.sessions = sessions;
    this.instances = instances;
    this.services = services;
    this.features = features;
  }

  /** Reads the sessions that are not as their token says. */
  public void readAll() {
    List<SessionState> all = new ArrayList<>();
    List<SessionEvent> page = sessions.exceptional("", PAGE);
    all.addAll(SessionProtos.states(page));
    while (page.size() == PAGE) {
      page = sessions.exceptional(page.getLast().sessionId(), PAGE);
      all.addAll(SessionProtos.states(page));
    }
    registry.replace(all);
  }

  /** Books what sessions have used here; after a failure the same report is booked again. */
  public synchronized void report() {
    InstanceReport report = unbooked;
    if (report == null) {
      List<SessionUse> use =
          registry.takeUsage().stream().map(SessionProtos::use).map(OwnInstance::done).toList();
      report = new InstanceReport(instanceId, ++sequence, services, features, use);
      unbooked = report;
    }
    instances.book(report);
    unbooked = null;
  }

  /** The calls of this service are short: closing a session, one of them, never waits for them. */
  private static SessionUse done(SessionUse use) {
    return new SessionUse(
        use.sessionId(),
        use.requests(),
        use.bytesSent(),
        use.bytesReceived(),
        use.activeStreams(),
        0,
        use.idle());
  }

  /** Books the last of it and leaves. */
  public void leave() {
    report();
    instances.forget(instanceId);
  }

  @Override
  public void changed(Collection<SessionEvent> events) {
    registry.apply(SessionProtos.states(events));
  }

  @Override
  public void current() {
    registry.refreshed();
  }

  @Override
  public void lost() {
    // The registry notices by itself that nobody calls it refreshed.
  }
}
