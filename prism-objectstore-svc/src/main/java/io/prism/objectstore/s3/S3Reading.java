package io.prism.objectstore.s3;

import io.prism.objectstore.domain.ObjectFailures;
import io.prism.objectstore.domain.ObjectName;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of one object, from as many responses as it takes: S3 may break off a response that a
 * slow reader leaves lying. What follows is asked for with the entity tag of what came before, so
 * it is of the same object or the reading fails.
 */
final class S3Reading implements Flow.Publisher<ByteBuffer>, Flow.Subscription {

  private static final int ATTEMPTS = 3;

  private final ObjectName name;
  private final Flow.Publisher<ByteBuffer> first;
  private final LongFunction<CompletableFuture<S3Response>> rest;
  private final long end;
  private final Consumer<S3Reading> ended;
  private final ReentrantLock lock = new ReentrantLock();

  // All under the lock.
  private long position;
  private long demand;
  private int attempts;
  private boolean over;
  private boolean broken;
  private long progressNanos = System.nanoTime();
  private @Nullable Upstream upstream;
  private Flow.@Nullable Subscriber<? super ByteBuffer> downstream;

  /**
   * @param start of the first response
   * @param rest a response with the bytes from there on
   * @param ended is told when this is over
   */
  S3Reading(
      ObjectName name,
      Flow.Publisher<ByteBuffer> first,
      long start,
      long end,
      LongFunction<CompletableFuture<S3Response>> rest,
      Consumer<S3Reading> ended) {
    this.name = name;
    this.first = first;
    this.position = start;
    this.end = end;
    this.rest = rest;
    this.ended = ended;
  }

  @Override
  public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
    downstream = subscriber;
    subscriber.onSubscribe(this);
    attach(first);
  }

  private void attach(Flow.Publisher<ByteBuffer> publisher) {
    Upstream attached = new Upstream();
    lock.lock();
    try {
      upstream = attached;
      progressNanos = System.nanoTime();
    } finally {
      lock.unlock();
    }
    publisher.subscribe(attached);
  }

  @Override
  public void request(long n) {
    Flow.Subscription current;
    boolean resume;
    lock.lock();
    try {
      if (demand == 0) {
        progressNanos = System.nanoTime();
      }
      demand += n;
      current = upstream == null ? null : upstream.subscription;
      resume = broken && !over;
      broken = false;
    } finally {
      lock.unlock();
    }
    if (resume) {
      resume();
    } else if (current != null) {
      current.request(n);
    }
  }

  @Override
  public void cancel() {
    Flow.Subscription current;
    lock.lock();
    try {
      over = true;
      current = upstream == null ? null : upstream.subscription;
    } finally {
      lock.unlock();
    }
    ended.accept(this);
    if (current != null) {
      current.cancel();
    }
  }

  private void resume() {
    long from;
    lock.lock();
    try {
      from = position;
    } finally {
      lock.unlock();
    }
    var _ =
        rest.apply(from)
            .whenComplete(
                (publisher, failure) -> {
                  if (failure == null) {
                    attach(publisher);
                  } else if (S3Failures.isPreconditionFailed(failure)
                      || S3Failures.isNotFound(failure)) {
                    fail(ObjectFailures.changed(name));
                  } else {
                    fail(S3Failures.translated(failure));
                  }
                });
  }

  /** Goes on with another response when nothing has come for that long though it was asked for. */
  void endIfStalled(Duration limit) {
    Upstream current;
    lock.lock();
    try {
      boolean stalled = demand > 0 && !over && System.nanoTime() - progressNanos > limit.toNanos();
      current = stalled ? upstream : null;
    } finally {
      lock.unlock();
    }
    if (current != null) {
      current.abandon();
    }
  }

  private void fail(Throwable failure) {
    Flow.Subscriber<? super ByteBuffer> reader = end();
    if (reader != null) {
      reader.onError(failure);
    }
  }

  /** Whom to tell the end; null when that was told or is not wanted. */
  private Flow.@Nullable Subscriber<? super ByteBuffer> end() {
    lock.lock();
    try {
      if (over) {
        return null;
      }
      over = true;
    } finally {
      lock.unlock();
    }
    ended.accept(this);
    return downstream;
  }

  /** One response; what it says after its end is not heard. */
  private final class Upstream implements Flow.Subscriber<ByteBuffer> {

    // Both under the lock.
    private Flow.@Nullable Subscription subscription;
    private boolean done;

    @Override
    public void onSubscribe(Flow.Subscription started) {
      long wanted;
      boolean unwanted;
      lock.lock();
      try {
        unwanted = over || done;
        subscription = started;
        wanted = demand;
      } finally {
        lock.unlock();
      }
      if (unwanted) {
        started.cancel();
      } else if (wanted > 0) {
        started.request(wanted);
      }
    }

    @Override
    public void onNext(ByteBuffer bytes) {
      Flow.Subscriber<? super ByteBuffer> reader;
      lock.lock();
      try {
        if (done || over) {
          return;
        }
        demand--;
        position += bytes.remaining();
        attempts = 0;
        progressNanos = System.nanoTime();
        reader = downstream;
      } finally {
        lock.unlock();
      }
      if (reader != null) {
        reader.onNext(bytes);
      }
    }

    @Override
    public void onComplete() {
      onError(new IllegalStateException("the store sent less than it said"));
    }

    void abandon() {
      Flow.Subscription started;
      lock.lock();
      try {
        started = subscription;
      } finally {
        lock.unlock();
      }
      if (started != null) {
        started.cancel();
      }
      onError(new IllegalStateException("the store sends nothing any more"));
    }

    /** However the response has ended. */
    @Override
    public void onError(Throwable failure) {
      boolean whole;
      boolean again;
      boolean wanted;
      lock.lock();
      try {
        if (done) {
          return;
        }
        done = true;
        upstream = null;
        whole = position >= end;
        attempts++;
        again = attempts <= ATTEMPTS && !over;
        wanted = demand > 0;
        broken = !whole && again && !wanted;
      } finally {
        lock.unlock();
      }
      if (whole) {
        Flow.Subscriber<? super ByteBuffer> reader = end();
        if (reader != null) {
          reader.onComplete();
        }
      } else if (!again) {
        fail(S3Failures.brokenOff(failure));
      } else if (wanted) {
        resume();
      }
    }
  }
}
