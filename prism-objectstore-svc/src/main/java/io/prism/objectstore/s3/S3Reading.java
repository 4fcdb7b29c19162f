package io.prism.objectstore.s3;

import io.prism.objectstore.domain.ObjectFailures;
import io.prism.objectstore.domain.ObjectName;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.locks.ReentrantLock;
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
  private final LongFunction<CompletableFuture<Flow.Publisher<ByteBuffer>>> rest;
  private final long end;
  private final ReentrantLock lock = new ReentrantLock();

  // All under the lock.
  private long position;
  private long demand;
  private int attempts;
  private boolean over;
  private boolean broken;
  private Flow.@Nullable Subscription upstream;
  private Flow.@Nullable Subscriber<? super ByteBuffer> downstream;

  /**
   * @param start of the first response
   * @param rest a response with the bytes from there on
   */
  S3Reading(
      ObjectName name,
      Flow.Publisher<ByteBuffer> first,
      long start,
      long end,
      LongFunction<CompletableFuture<Flow.Publisher<ByteBuffer>>> rest) {
    this.name = name;
    this.first = first;
    this.position = start;
    this.end = end;
    this.rest = rest;
  }

  @Override
  public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
    downstream = subscriber;
    subscriber.onSubscribe(this);
    first.subscribe(new Upstream());
  }

  @Override
  public void request(long n) {
    Flow.Subscription current;
    boolean resume;
    lock.lock();
    try {
      demand += n;
      current = upstream;
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
      current = upstream;
    } finally {
      lock.unlock();
    }
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
                    publisher.subscribe(new Upstream());
                  } else if (S3Failures.isPreconditionFailed(failure)
                      || S3Failures.isNotFound(failure)) {
                    fail(ObjectFailures.changed(name));
                  } else {
                    fail(S3Failures.translated(failure));
                  }
                });
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
      return downstream;
    } finally {
      lock.unlock();
    }
  }

  /** One response. */
  private final class Upstream implements Flow.Subscriber<ByteBuffer> {

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      long wanted;
      boolean unwanted;
      lock.lock();
      try {
        unwanted = over;
        upstream = subscription;
        wanted = demand;
      } finally {
        lock.unlock();
      }
      if (unwanted) {
        subscription.cancel();
      } else if (wanted > 0) {
        subscription.request(wanted);
      }
    }

    @Override
    public void onNext(ByteBuffer bytes) {
      Flow.Subscriber<? super ByteBuffer> reader;
      lock.lock();
      try {
        demand--;
        position += bytes.remaining();
        attempts = 0;
        reader = over ? null : downstream;
      } finally {
        lock.unlock();
      }
      if (reader != null) {
        reader.onNext(bytes);
      }
    }

    @Override
    public void onComplete() {
      ended(new IllegalStateException("the store sent less than it said"));
    }

    @Override
    public void onError(Throwable failure) {
      ended(failure);
    }

    private void ended(Throwable failure) {
      boolean whole;
      boolean again;
      boolean wanted;
      lock.lock();
      try {
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
