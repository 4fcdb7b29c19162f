package io.prism.timeseries.grpc;

import io.grpc.stub.StreamObserver;
import io.prism.starter.call.CallScope;
import io.prism.starter.call.OutboundStream;
import io.prism.timeseries.domain.EventKey;
import io.prism.timeseries.domain.EventPage;
import io.prism.timeseries.domain.EventQuery;
import io.prism.timeseries.domain.EventStore;
import io.prism.timeseries.domain.StoredEvent;
import io.prism.timeseries.v1.Event;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One StreamQuery: reads the next page when the client has almost taken the one before, so that a
 * slow client holds a page and nothing in the store.
 */
final class StreamQueryCall implements OutboundStream.Events {

  private static final int PAGE_EVENTS = 2000;
  private static final long PAGE_BYTES = 1024 * 1024;
  private static final int AHEAD_BYTES = 256 * 1024;

  private final EventStore store;
  private final EventQuery query;
  private final OutboundStream<Event> stream;
  private final CallScope call = CallScope.current();
  private final AtomicBoolean reading = new AtomicBoolean();

  // Only by whoever has set reading.
  private @Nullable EventKey after;
  private long left;

  private volatile boolean done;

  private StreamQueryCall(
      EventStore store, EventQuery query, long limit, OutboundStream<Event> stream) {
    this.store = store;
    this.query = query;
    this.left = limit;
    this.stream = stream;
  }

  static void start(
      EventStore store, EventQuery query, long limit, StreamObserver<Event> response) {
    OutboundStream<Event> stream = OutboundStream.of(response, AHEAD_BYTES);
    stream.listen(new StreamQueryCall(store, query, limit, stream));
  }

  @Override
  public void onReady() {
    if (wantsMore() && reading.compareAndSet(false, true)) {
      Thread _ = Thread.startVirtualThread(() -> call.run(this::read));
    }
  }

  private boolean wantsMore() {
    return !done && !stream.isEnded() && stream.isReady();
  }

  private void read() {
    try {
      do {
        while (wantsMore()) {
          sendPage();
        }
        reading.set(false);
      } while (wantsMore() && reading.compareAndSet(false, true));
    } catch (RuntimeException e) {
      done = true;
      stream.fail(e);
    }
  }

  private void sendPage() {
    EventPage page = store.read(query, after, (int) Math.min(left, PAGE_EVENTS), PAGE_BYTES);
    for (StoredEvent event : page.events()) {
      stream.send(EventProtos.event(event));
      after = event.key();
    }
    left -= page.events().size();
    if (!page.more() || left == 0) {
      done = true;
      stream.complete();
    }
  }

  @Override
  public void onEnd() {
    done = true;
  }
}
