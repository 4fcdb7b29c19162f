package io.prism.session.grpc;

import io.grpc.stub.StreamObserver;
import io.prism.session.domain.InstanceReport;
import io.prism.session.domain.InstanceStore;
import io.prism.session.domain.SessionChanges;
import io.prism.session.domain.SessionEvent;
import io.prism.session.domain.SessionReason;
import io.prism.session.domain.SessionStore;
import io.prism.session.internal.v1.ServiceReport;
import io.prism.session.internal.v1.SessionChange;
import io.prism.starter.call.OutboundStream;
import io.prism.starter.error.CallReason;
import io.prism.starter.error.PrismException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One instance's stream: a snapshot in pages as fast as the instance takes them, then changes.
 *
 * <p>Reports and readiness come one at a time, on a thread that may block, and drive the snapshot.
 * Changes come on the threads of others and wait in a bounded map until they can be sent.
 */
final class FeedStream
    implements StreamObserver<ServiceReport>, OutboundStream.Events, SessionChanges.Follower {

  private static final int PAGE = 1_000;
  private static final int MAX_ID = 128;
  private static final int MAX_NAMES = 256;
  private static final Duration RETRY_DELAY = Duration.ofSeconds(1);
  private static final long HEARTBEAT_NANOS = Duration.ofMillis(450).toNanos();

  private final OutboundStream<SessionChange> out;
  private final SessionStore sessions;
  private final InstanceStore instances;
  private final SessionChanges changes;
  private final int maxWaiting;
  private final ReentrantLock lock = new ReentrantLock();

  // Guarded by the lock.
  private final Map<String, SessionEvent> waiting = new LinkedHashMap<>();
  private boolean snapshotSent;
  private boolean wordDue;
  private long acknowledged;
  private long sentNanos = System.nanoTime();

  // Touched by reports and readiness only.
  private String instanceId = "";
  private String snapshotAfter = "";
  private boolean following;

  FeedStream(
      OutboundStream<SessionChange> out,
      SessionStore sessions,
      InstanceStore instances,
      SessionChanges changes,
      int maxWaiting) {
    this.out = out;
    this.sessions = sessions;
    this.instances = instances;
    this.changes = changes;
    this.maxWaiting = maxWaiting;
  }

  @Override
  public void onNext(ServiceReport report) {
    try {
      long booked = instances.book(checked(report));
      begin();
      lock.lock();
      try {
        acknowledged = booked;
        wordDue = true;
      } finally {
        lock.unlock();
      }
      proceed();
    } catch (PrismException e) {
      out.fail(e);
    }
  }

  private InstanceReport checked(ServiceReport report) {
    String id = report.getInstanceId();
    if (id.isEmpty() || id.length() > MAX_ID || (!instanceId.isEmpty() && !id.equals(instanceId))) {
      throw PrismException.invalid("instance_id", "expected: the same 1-128 characters each time");
    }
    if (report.getSequence() < 1) {
      throw PrismException.invalid("sequence", report.getSequence() + " (expected: from 1)");
    }
    if (report.getServicesCount() > MAX_NAMES || report.getFeaturesCount() > MAX_NAMES) {
      throw PrismException.invalid("services", "expected: at most " + MAX_NAMES + " names");
    }
    instanceId = id;
    return new InstanceReport(
        id,
        report.getSequence(),
        report.getServicesList(),
        report.getFeaturesList(),
        report.getUsageList().stream().map(SessionProtos::use).toList());
  }

  /** Changes are collected from before the first page on, so that nothing falls in between. */
  private void begin() {
    if (following) {
      return;
    }
    if (!changes.isCurrent()) {
      throw unavailable();
    }
    following = true;
    changes.follow(this);
    if (out.isEnded()) {
      changes.unfollow(this);
    }
  }

  private static PrismException unavailable() {
    return PrismException.because(
            CallReason.BACKEND_UNAVAILABLE, "the state of sessions cannot be read now")
        .retryAfter(RETRY_DELAY)
        .build();
  }

  @Override
  public void onReady() {
    try {
      proceed();
    } catch (PrismException e) {
      out.fail(e);
    }
  }

  private void proceed() {
    while (following && !snapshotSent && out.isReady()) {
      sendPage();
    }
    sendChanges();
  }

  private void sendPage() {
    List<SessionEvent> page = sessions.exceptional(snapshotAfter, PAGE);
    boolean last = page.size() < PAGE;
    if (!page.isEmpty()) {
      snapshotAfter = page.getLast().sessionId();
    }
    lock.lock();
    try {
      send(page, last);
      snapshotSent = last;
    } finally {
      lock.unlock();
    }
  }

  private void send(Collection<SessionEvent> events, boolean completesSnapshot) {
    out.send(
        SessionChange.newBuilder()
            .addAllSessions(SessionProtos.states(events))
            .setSnapshotComplete(completesSnapshot)
            .setAcknowledgedSequence(acknowledged)
            .build());
    wordDue = false;
    sentNanos = System.nanoTime();
  }

  private void sendChanges() {
    lock.lock();
    try {
      while (snapshotSent && (wordDue || !waiting.isEmpty()) && out.isReady()) {
        send(takeWaiting(), false);
      }
    } finally {
      lock.unlock();
    }
  }

  private List<SessionEvent> takeWaiting() {
    List<SessionEvent> taken = new ArrayList<>();
    Iterator<SessionEvent> next = waiting.values().iterator();
    while (next.hasNext() && taken.size() < PAGE) {
      taken.add(next.next());
      next.remove();
    }
    return taken;
  }

  @Override
  public void changed(Collection<SessionEvent> events) {
    boolean overflown;
    lock.lock();
    try {
      for (SessionEvent event : events) {
        waiting.merge(
            event.sessionId(),
            event,
            (old, fresh) -> fresh.version() >= old.version() ? fresh : old);
      }
      sendChanges();
      overflown = waiting.size() > maxWaiting;
      if (overflown) {
        waiting.clear();
      }
    } finally {
      lock.unlock();
    }
    if (overflown) {
      changes.unfollow(this);
      out.fail(
          PrismException.because(
                  SessionReason.FEED_TOO_SLOW,
                  "more than " + maxWaiting + " changes wait for this instance")
              .retryAfter(RETRY_DELAY)
              .build());
    }
  }

  @Override
  public void current() {
    lock.lock();
    try {
      if (System.nanoTime() - sentNanos > HEARTBEAT_NANOS) {
        wordDue = true;
      }
    } finally {
      lock.unlock();
    }
    sendChanges();
  }

  @Override
  public void lost() {
    changes.unfollow(this);
    out.fail(unavailable());
  }

  @Override
  public void onEnd() {
    changes.unfollow(this);
    lock.lock();
    try {
      waiting.clear();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void onError(Throwable failure) {
    changes.unfollow(this);
  }

  @Override
  public void onCompleted() {
    changes.unfollow(this);
    out.complete();
  }
}
