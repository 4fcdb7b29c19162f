package io.prism.timeseries.grpc;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.prism.starter.call.OutboundStream;
import io.prism.timeseries.domain.EventFault;
import io.prism.timeseries.domain.EventScope;
import io.prism.timeseries.domain.Ingest;
import io.prism.timeseries.domain.Receipt;
import io.prism.timeseries.domain.StoredEvent;
import io.prism.timeseries.domain.Submission;
import io.prism.timeseries.v1.Event;
import io.prism.timeseries.v1.StreamEventsResponse;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One StreamEvents: asks for as many events as may be on their way to the store, and answers when
 * all are there. It asks for a few events at a time, and for fewer the larger they are, since what
 * was asked for can come at once.
 */
final class StreamEventsCall
    implements StreamObserver<Event>, Receipt, OutboundStream.Events, Runnable {

  /** Most events of a stream that are not stored yet: two batches. */
  private static final int MAX_UNSTORED = 20_000;

  private static final long MAX_UNSTORED_BYTES = 16L * 1024 * 1024;
  private static final int ASK = 128;
  private static final int ASK_BYTES = 1024 * 1024;
  private static final int FIRST_ASK = 4;
  private static final int MAX_ERRORS = 100;

  private final Ingest ingest;
  private final EventMeters meters;
  private final EventScope scope;
  private final IntSupplier today;
  private final ServerCallStreamObserver<StreamEventsResponse> call;
  private final OutboundStream<StreamEventsResponse> stream;
  private final StreamEventsResponse.Builder answer = StreamEventsResponse.newBuilder();
  private final ReentrantLock lock = new ReentrantLock();

  // All under the lock.
  private int asked;
  private int unstored;
  private long unstoredBytes;
  private int largest;
  private boolean complete;
  private boolean answered;
  private boolean waitsForRoom;

  private StreamEventsCall(
      Ingest ingest,
      EventMeters meters,
      EventScope scope,
      IntSupplier today,
      ServerCallStreamObserver<StreamEventsResponse> call) {
    this.ingest = ingest;
    this.meters = meters;
    this.scope = scope;
    this.today = today;
    this.call = call;
    this.stream = OutboundStream.of(call);
  }

  static StreamObserver<Event> start(
      Ingest ingest,
      EventMeters meters,
      EventScope scope,
      IntSupplier today,
      StreamObserver<StreamEventsResponse> response) {
    ServerCallStreamObserver<StreamEventsResponse> call =
        (ServerCallStreamObserver<StreamEventsResponse>) response;
    StreamEventsCall started = new StreamEventsCall(ingest, meters, scope, today, call);
    call.disableAutoRequest();
    started.stream.listen(started);
    started.ask();
    return started;
  }

  @Override
  public void onNext(Event event) {
    long index = answer.getReceived();
    answer.setReceived(index + 1);
    EventFault fault = EventProtos.fault(scope, event, today.getAsInt());
    StoredEvent stored = fault == null ? EventProtos.stored(scope, event) : null;
    if (fault != null) {
      reject(index, fault);
      meters.came(0, 1);
    } else {
      answer.setAccepted(answer.getAccepted() + 1);
      meters.came(1, 0);
    }
    lock.lock();
    try {
      asked--;
      largest = Math.max(largest, event.getSerializedSize());
      if (stored != null) {
        unstored++;
        unstoredBytes += stored.bytes();
      }
    } finally {
      lock.unlock();
    }
    if (stored != null) {
      ingest.take(new Submission(List.of(stored), stored.bytes(), false, this));
    }
    ask();
  }

  private void reject(long index, EventFault fault) {
    answer.setRejected(answer.getRejected() + 1);
    if (answer.getErrorsCount() < MAX_ERRORS) {
      answer.addErrors(EventProtos.error(index, fault));
    }
  }

  @Override
  public void onCompleted() {
    lock.lock();
    try {
      complete = true;
    } finally {
      lock.unlock();
    }
    finish();
  }

  @Override
  public void settled(Submission events, @Nullable RuntimeException failure) {
    lock.lock();
    try {
      unstored -= events.events().size();
      unstoredBytes -= events.bytes();
    } finally {
      lock.unlock();
    }
    if (failure != null) {
      stream.fail(failure);
      return;
    }
    ask();
    finish();
  }

  private void finish() {
    lock.lock();
    try {
      if (!complete || unstored > 0 || answered) {
        return;
      }
      answered = true;
    } finally {
      lock.unlock();
    }
    stream.send(answer.build());
    stream.complete();
  }

  /** Asks for more when half of what was asked for has come, and there is room for it. */
  private void ask() {
    int more;
    lock.lock();
    try {
      int most = largest == 0 ? FIRST_ASK : Math.clamp(ASK_BYTES / largest, 1, ASK);
      if (waitsForRoom
          || asked > most / 2
          || unstored >= MAX_UNSTORED
          || unstoredBytes >= MAX_UNSTORED_BYTES) {
        return;
      }
      if (!ingest.awaitRoom(this)) {
        waitsForRoom = true;
        return;
      }
      more = most - asked;
      asked = most;
    } finally {
      lock.unlock();
    }
    call.request(more);
  }

  /** There is room. */
  @Override
  public void run() {
    lock.lock();
    try {
      waitsForRoom = false;
    } finally {
      lock.unlock();
    }
    ask();
  }

  @Override
  public void onReady() {}

  /** What has come is stored all the same. */
  @Override
  public void onEnd() {}

  /** Told of by {@link #onEnd}, too. */
  @Override
  public void onError(Throwable failure) {}
}
