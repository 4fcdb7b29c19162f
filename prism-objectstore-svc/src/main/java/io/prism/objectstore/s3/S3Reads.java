package io.prism.objectstore.s3;

import io.prism.objectstore.domain.ByteRange;
import io.prism.objectstore.domain.ObjectContent;
import io.prism.objectstore.domain.ObjectFailures;
import io.prism.objectstore.domain.ObjectName;
import io.prism.objectstore.domain.StoredObject;
import io.prism.starter.error.PrismException;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;

/** Reads objects. */
final class S3Reads implements AutoCloseable {

  private static final int LOOKS = 4;

  private final S3Link link;
  private final S3Names names;
  private final Clock clock;
  private final Set<S3Reading> readings = ConcurrentHashMap.newKeySet();
  private final Thread watch;

  S3Reads(S3Link link, S3Names names, Clock clock) {
    this.link = link;
    this.names = names;
    this.clock = clock;
    this.watch = Thread.ofVirtual().name("prism-objectstore-reads").start(this::watch);
  }

  CompletableFuture<ObjectContent> read(
      ObjectName name, ByteRange range, Supplier<CompletableFuture<StoredObject>> head) {
    GetObjectRequest request;
    try {
      request =
          GetObjectRequest.builder()
              .bucket(names.bucketOf(name.namespace()))
              .key(names.keyOf(name))
              .range(header(range))
              .build();
    } catch (PrismException e) {
      return CompletableFuture.failedFuture(e);
    }
    return get(request)
        .thenApply(response -> content(name, range, request, response))
        .exceptionallyCompose(
            failure ->
                S3Failures.isRangeInvalid(failure)
                    ? head.get().thenApply(object -> empty(object, range, name))
                    : CompletableFuture.failedFuture(S3Failures.translated(failure, name)));
  }

  private CompletableFuture<S3Response> get(GetObjectRequest request) {
    return link.call("get", client -> client.getObject(request, new S3Response()));
  }

  private static @Nullable String header(ByteRange range) {
    if (!range.isPartial()) {
      return null;
    }
    Long end = range.end();
    return "bytes=" + range.start() + "-" + (end == null ? "" : Long.toString(end - 1));
  }

  private ObjectContent content(
      ObjectName name, ByteRange range, GetObjectRequest request, S3Response response) {
    StoredObject object = S3Objects.of(name.key(), response.header());
    if (object.isExpired(clock.instant())) {
      Discarding.cancel(response);
      throw ObjectFailures.notFound(name);
    }
    long end = range.start() + range.lengthOf(object.size());
    String etag = response.header().eTag();
    S3Reading reading =
        new S3Reading(
            name,
            response,
            range.start(),
            end,
            from ->
                get(
                    request.toBuilder()
                        .range("bytes=%d-%d".formatted(from, end - 1))
                        .ifMatch(etag)
                        .build()),
            readings::remove);
    readings.add(reading);
    return new ObjectContent(object, reading);
  }

  /** A connection may go without a word: then the reading goes on with another. */
  private void watch() {
    Duration limit = link.settings().timeLimit();
    try {
      while (true) {
        TimeUnit.NANOSECONDS.sleep(limit.dividedBy(LOOKS).toNanos());
        readings.forEach(reading -> reading.endIfStalled(limit));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    watch.interrupt();
  }

  /** S3 has no byte in the range: nor has an empty object, which is no mistake of the client's. */
  private static ObjectContent empty(StoredObject object, ByteRange range, ObjectName name) {
    if (range.lengthOf(object.size()) > 0) {
      throw ObjectFailures.changed(name);
    }
    return new ObjectContent(object, new NoBytes());
  }

  /** A publisher of nothing. */
  private static final class NoBytes implements Flow.Publisher<ByteBuffer> {

    @Override
    public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
      subscriber.onSubscribe(
          new Flow.Subscription() {
            @Override
            public void request(long n) {}

            @Override
            public void cancel() {}
          });
      subscriber.onComplete();
    }
  }

  /** Ends a response whose bytes nobody wants. */
  private static final class Discarding implements Flow.Subscriber<ByteBuffer> {

    static void cancel(Flow.Publisher<ByteBuffer> publisher) {
      publisher.subscribe(new Discarding());
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      subscription.cancel();
    }

    @Override
    public void onNext(ByteBuffer item) {}

    @Override
    public void onError(Throwable failure) {}

    @Override
    public void onComplete() {}
  }
}
