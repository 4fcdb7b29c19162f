package io.prism.objectstore.s3;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Aborts uploads, again and again for a while; what cannot be aborted then is swept later. */
final class Aborts implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Aborts.class);
  private static final int ATTEMPTS = 5;
  private static final Duration FIRST_DELAY = Duration.ofMillis(500);
  private static final int MAX_PENDING = 1000;
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

  private final S3Link link;
  private final Map<String, CompletableFuture<Void>> pending = new ConcurrentHashMap<>();

  Aborts(S3Link link) {
    this.link = link;
  }

  CompletableFuture<Void> abort(S3Upload.Target target) {
    if (pending.size() >= MAX_PENDING) {
      log.warn("so many uploads are being aborted that another is left to the sweep");
      return CompletableFuture.completedFuture(null);
    }
    CompletableFuture<Void> done = new CompletableFuture<>();
    pending.put(target.uploadId(), done);
    attempt(target, done, 1);
    return done;
  }

  private void attempt(S3Upload.Target target, CompletableFuture<Void> done, int number) {
    var _ =
        link.call(
                "abort_upload",
                client ->
                    client.abortMultipartUpload(
                        abort ->
                            abort
                                .bucket(target.bucket())
                                .key(target.key())
                                .uploadId(target.uploadId())))
            .whenComplete(
                (aborted, failure) -> {
                  if (failure == null || S3Failures.isNotFound(failure)) {
                    end(target, done);
                  } else if (number >= ATTEMPTS) {
                    log.warn("an upload could not be aborted and is swept later", failure);
                    end(target, done);
                  } else {
                    long delay = FIRST_DELAY.toMillis() << (2 * (number - 1));
                    CompletableFuture.delayedExecutor(delay, TimeUnit.MILLISECONDS)
                        .execute(() -> attempt(target, done, number + 1));
                  }
                });
  }

  private void end(S3Upload.Target target, CompletableFuture<Void> done) {
    pending.remove(target.uploadId());
    done.complete(null);
  }

  /** Waits a few seconds for what is under way. */
  @Override
  public void close() {
    try {
      CompletableFuture.allOf(pending.values().toArray(CompletableFuture<?>[]::new))
          .get(CLOSE_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      log.info("{} uploads that were to be aborted are left to the sweep", pending.size());
    }
  }
}
