package io.prism.starter.peer;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import com.google.rpc.Status;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.prism.peer.internal.v1.WatchRequest;
import io.prism.peer.internal.v1.WatchResponse;
import io.prism.starter.error.CallReason;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** One stream on which another replica tells what it holds. */
final class PeerWatch implements ClientResponseObserver<WatchRequest, WatchResponse> {

  /** Told of what happens to a watch. The calls come one at a time. */
  interface Events {

    /** The other replica has said who it is. */
    void greeted(PeerWatch watch);

    /** Everything that the other replica holds is known. */
    void synced(PeerWatch watch);

    /**
     * The watch is over.
     *
     * @param drained whether the other replica said that it holds nothing any more
     */
    void ended(PeerWatch watch, boolean drained, String why);
  }

  private final Events events;
  // As many as the other replica has streams.
  private final Set<String> keys = ConcurrentHashMap.newKeySet();
  private volatile @Nullable ClientCallStreamObserver<WatchRequest> call;
  private volatile String instanceId = "";
  private volatile boolean inSync;
  private volatile long heardNanos = System.nanoTime();

  PeerWatch(Events events) {
    this.events = events;
  }

  String instanceId() {
    return instanceId;
  }

  boolean isInSync() {
    return inSync;
  }

  boolean hasHeld(String key) {
    return keys.contains(key);
  }

  boolean isSilentFor(Duration limit) {
    return System.nanoTime() - heardNanos > limit.toNanos();
  }

  void cancel(String why) {
    ClientCallStreamObserver<WatchRequest> open = call;
    if (open != null) {
      open.cancel(why, null);
    }
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<WatchRequest> requestStream) {
    call = requestStream;
  }

  @Override
  public void onNext(WatchResponse said) {
    heardNanos = System.nanoTime();
    if (said.getSnapshotBegins()) {
      inSync = false;
      keys.clear();
      instanceId = said.getInstanceId();
      events.greeted(this);
    }
    keys.addAll(said.getHeldList());
    said.getReleasedList().forEach(keys::remove);
    if (said.getSnapshotComplete()) {
      inSync = true;
      events.synced(this);
    }
  }

  @Override
  public void onError(Throwable failure) {
    inSync = false;
    events.ended(this, isDrained(failure), String.valueOf(failure.getMessage()));
  }

  @Override
  public void onCompleted() {
    inSync = false;
    events.ended(this, false, "ended by the other replica");
  }

  private static boolean isDrained(Throwable failure) {
    Status status = StatusProto.fromThrowable(failure);
    return status != null
        && status.getDetailsList().stream()
            .filter(detail -> detail.is(ErrorInfo.class))
            .anyMatch(
                detail -> {
                  try {
                    return detail
                        .unpack(ErrorInfo.class)
                        .getReason()
                        .equals(CallReason.DRAINING.name());
                  } catch (InvalidProtocolBufferException e) {
                    return false;
                  }
                });
  }
}
