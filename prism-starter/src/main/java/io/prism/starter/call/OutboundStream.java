package io.prism.starter.call;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The server's half of a stream, with flow control.
 *
 * <p>gRPC never blocks a sender: whoever writes without asking {@link #isReady} buffers the whole
 * stream in memory when the client is slow. So write while ready, stop otherwise, and go on when
 * {@link Events#onReady} says so. Thread-safe; to be made before the rpc method returns.
 *
 * @param <T> the message
 */
public final class OutboundStream<T> {

  /** What happens to a stream. The calls come one at a time. */
  public interface Events {

    /** The client can take more. Also called when it could all along: must not assume a change. */
    void onReady();

    /** The stream is over, by whichever side; called exactly once. Release everything. */
    void onEnd();
  }

  private final ServerCallStreamObserver<T> observer;
  private final ReentrantLock lock = new ReentrantLock();
  private final AtomicBoolean ended = new AtomicBoolean();
  private boolean closed;

  private OutboundStream(ServerCallStreamObserver<T> observer) {
    this.observer = observer;
  }

  /** Takes over the response half of a server-streaming or bidirectional call. */
  public static <T> OutboundStream<T> of(StreamObserver<T> observer) {
    return new OutboundStream<>((ServerCallStreamObserver<T>) observer);
  }

  /**
   * The same, ready for more while less than so many bytes wait for the client: so that what comes
   * next is prepared while the client takes what came before.
   */
  public static <T> OutboundStream<T> of(StreamObserver<T> observer, int aheadBytes) {
    OutboundStream<T> stream = of(observer);
    stream.observer.setOnReadyThreshold(aheadBytes);
    return stream;
  }

  /** Names who is told of this stream's events; once, before the rpc method returns. */
  public void listen(Events events) {
    Runnable end =
        () -> {
          if (ended.compareAndSet(false, true)) {
            events.onEnd();
          }
        };
    observer.setOnReadyHandler(events::onReady);
    observer.setOnCancelHandler(end);
    observer.setOnCloseHandler(end);
  }

  /** Whether a message would go out without being buffered beyond the transport's window. */
  public boolean isReady() {
    return observer.isReady();
  }

  /** Whether the stream is over. */
  public boolean isEnded() {
    return ended.get() || observer.isCancelled();
  }

  /** Sends, ready or not; false when the stream is over and the message was dropped. */
  public boolean send(T message) {
    lock.lock();
    try {
      if (closed || isEnded()) {
        return false;
      }
      observer.onNext(message);
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Ends the stream with OK, after everything that was sent. */
  public void complete() {
    close(observer::onCompleted);
  }

  /** Ends the stream with a failure. */
  public void fail(Throwable failure) {
    close(() -> observer.onError(failure));
  }

  private void close(Runnable closing) {
    lock.lock();
    try {
      if (closed || isEnded()) {
        return;
      }
      closed = true;
      closing.run();
    } finally {
      lock.unlock();
    }
  }
}
