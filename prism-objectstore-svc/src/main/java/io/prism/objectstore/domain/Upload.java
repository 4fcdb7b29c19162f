package io.prism.objectstore.domain;

import io.prism.starter.error.CallReason;
import io.prism.starter.error.PrismException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An object on its way in: checks it, cuts it into parts, and holds no more than two of them, the
 * one that goes to the store and the one that is being filled.
 *
 * <p>An object that ends within its first part is stored in one go. Thread-safe; nothing blocks.
 */
public final class Upload {

  /** Up to here no memory is asked for: most objects are that small. */
  static final int FREE_BYTES = 256 * 1024;

  /** Who sends the bytes. */
  public interface Source {

    /** More may be sent: one chunk. Not called again before that has come. */
    void requestChunk();

    /** The upload has failed; nothing more is wanted. Called at most once. */
    void failed(Throwable failure);
  }

  /**
   * What came of it.
   *
   * @param size in bytes
   * @param sha256 in lower-case hex
   */
  public record Finished(PutResult result, long size, String sha256) {}

  private final ObjectStore store;
  private final NewObject object;
  private final UploadLimits limits;
  private final UploadMemory memory;
  private final StalledUploads stalls;
  private final Source source;
  private final long maxBytes;
  private final MessageDigest digest = sha256();
  private final ReentrantLock lock = new ReentrantLock();
  private final CompletableFuture<Finished> finished = new CompletableFuture<>();

  // All under the lock.
  private List<ByteBuffer> filling = new ArrayList<>();
  private int filled;
  private int sending;
  private int accounted;
  private boolean busy;
  private int parts;
  private long size;
  private boolean ended;
  private boolean over;
  private boolean owesRequest;
  private long askedNanos = System.nanoTime();
  private UploadMemory.@Nullable Share share;
  private boolean waitsForMemory;
  private @Nullable MultipartUpload multipart;

  /**
   * @param maxBytes most bytes of the object, as the session's configuration says; 0: as many as
   *     the store takes
   */
  Upload(
      ObjectStore store,
      NewObject object,
      UploadLimits limits,
      UploadMemory memory,
      StalledUploads stalls,
      long maxBytes,
      Source source) {
    this.stalls = stalls;
    this.store = store;
    this.object = object;
    this.limits = limits;
    this.memory = memory;
    this.source = source;
    long most = limits.maxObjectBytes(store);
    this.maxBytes = maxBytes > 0 ? Math.min(maxBytes, most) : most;
    stalls.watch(this);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is missing in this JDK", e);
    }
  }

  /** Takes the next bytes, and asks for more when there is room for them. */
  public void write(ByteBuffer chunk) {
    run(
        actions -> {
          size += chunk.remaining();
          if (size > maxBytes) {
            fail(ObjectFailures.tooLarge(maxBytes), actions);
            return;
          }
          digest.update(chunk.duplicate());
          if (chunk.hasRemaining()) {
            filling.add(chunk);
            filled += chunk.remaining();
          }
          owesRequest = true;
          advance(actions);
        });
  }

  /** All bytes have come: stores the object, and answers what came of it. */
  public CompletableFuture<Finished> finish() {
    run(
        actions -> {
          ended = true;
          advance(actions);
        });
    return finished;
  }

  /** Nobody wants this upload any more: leaves nothing of it. */
  public void abandon() {
    run(
        actions -> {
          over = true;
          release(actions);
        });
  }

  /** Fails when a chunk was asked for longer ago than that and has not come. */
  void endIfStalled(Duration limit) {
    run(
        actions -> {
          boolean asked = !owesRequest && !ended;
          if (asked && System.nanoTime() - askedNanos > limit.toNanos()) {
            fail(
                PrismException.of(
                    CallReason.DEADLINE_EXCEEDED,
                    "no chunk has come for %d s".formatted(limit.toSeconds())),
                actions);
          }
        });
  }

  /** Tells what is held now. */
  private void account() {
    int held = filled + sending;
    memory.held(held - accounted);
    accounted = held;
  }

  private interface Step {
    void run(List<Runnable> actions);
  }

  /** Runs a step under the lock, and what it leads to outside of the lock. */
  private void run(Step step) {
    List<Runnable> actions = new ArrayList<>();
    lock.lock();
    try {
      if (!over) {
        step.run(actions);
      }
    } finally {
      account();
      lock.unlock();
    }
    actions.forEach(Runnable::run);
  }

  private void advance(List<Runnable> actions) {
    if (!busy) {
      boolean begun = multipart != null;
      if (ended && !begun && filled <= limits.partBytes()) {
        storeWhole(actions);
      } else if (ended && filled == 0) {
        complete(actions);
      } else if (ended || filled > limits.partBytes() || (begun && isPartFull())) {
        sendPart(actions);
      }
    }
    if (!over && owesRequest && !ended && hasRoom(actions)) {
      owesRequest = false;
      askedNanos = System.nanoTime();
      actions.add(source::requestChunk);
    }
  }

  private boolean isPartFull() {
    return filled >= limits.partBytes();
  }

  /** Whether another chunk may come, of whatever size chunks may be. */
  private boolean hasRoom(List<Runnable> actions) {
    if (share == null && filled + sending > FREE_BYTES) {
      askForMemory(actions);
      return false;
    }
    return filled + sending + limits.chunkBytes() <= 2 * limits.partBytes();
  }

  private void askForMemory(List<Runnable> actions) {
    if (waitsForMemory) {
      return;
    }
    waitsForMemory = true;
    actions.add(
        () -> {
          var _ =
              memory
                  .acquire()
                  .whenComplete(
                      (granted, failure) -> {
                        if (failure != null) {
                          run(later -> fail(failure, later));
                        } else if (!keep(granted)) {
                          granted.release();
                        }
                      });
        });
  }

  private boolean keep(UploadMemory.Share granted) {
    List<Runnable> actions = new ArrayList<>();
    lock.lock();
    try {
      waitsForMemory = false;
      if (over) {
        return false;
      }
      share = granted;
      advance(actions);
    } finally {
      account();
      lock.unlock();
    }
    actions.forEach(Runnable::run);
    return true;
  }

  private void storeWhole(List<Runnable> actions) {
    String sha256 = HexFormat.of().formatHex(digest.digest());
    if (!isExpected(sha256, actions)) {
      return;
    }
    List<ByteBuffer> content = filling;
    filling = new ArrayList<>();
    sending = filled;
    filled = 0;
    step(
        () -> store.put(object.withSha256(sha256), content),
        (result, later) -> succeed(result, sha256, later),
        actions);
  }

  private void sendPart(List<Runnable> actions) {
    MultipartUpload upload = multipart;
    if (upload == null) {
      step(
          () -> store.startUpload(object),
          (started, later) -> {
            multipart = started;
            advance(later);
          },
          actions);
      return;
    }
    List<ByteBuffer> content = takePart();
    parts++;
    int number = parts;
    step(() -> upload.part(number, content), (done, later) -> advance(later), actions);
  }

  /** Takes one part off what has come; a buffer that goes beyond its end is cut, not copied. */
  private List<ByteBuffer> takePart() {
    List<ByteBuffer> part = new ArrayList<>();
    List<ByteBuffer> rest = new ArrayList<>();
    int room = limits.partBytes();
    for (ByteBuffer buffer : filling) {
      int length = Math.min(room, buffer.remaining());
      if (length > 0) {
        part.add(buffer.slice(buffer.position(), length));
      }
      if (length < buffer.remaining()) {
        rest.add(buffer.slice(buffer.position() + length, buffer.remaining() - length));
      }
      room -= length;
    }
    sending = limits.partBytes() - room;
    filled -= sending;
    filling = rest;
    return part;
  }

  private void complete(List<Runnable> actions) {
    MultipartUpload upload = multipart;
    if (upload == null) {
      throw new IllegalStateException("no upload to complete");
    }
    String sha256 = HexFormat.of().formatHex(digest.digest());
    if (!isExpected(sha256, actions)) {
      return;
    }
    step(() -> upload.complete(sha256), (result, later) -> succeed(result, sha256, later), actions);
  }

  private boolean isExpected(String sha256, List<Runnable> actions) {
    String expected = object.sha256();
    if (expected == null || expected.equals(sha256)) {
      return true;
    }
    fail(
        PrismException.because(
                ObjectStoreReason.CHECKSUM_MISMATCH,
                "sha256: %s (expected: %s)".formatted(sha256, expected))
            .violation("sha256", "the object's is " + sha256)
            .build(),
        actions);
    return false;
  }

  private void succeed(PutResult result, String sha256, List<Runnable> actions) {
    over = true;
    multipart = null;
    release(actions);
    Finished outcome = new Finished(result, size, sha256);
    actions.add(() -> finished.complete(outcome));
  }

  private interface Next<T> {
    void run(T result, List<Runnable> actions);
  }

  /** Asks something of the store, one thing at a time. */
  private <T> void step(Supplier<CompletableFuture<T>> work, Next<T> next, List<Runnable> actions) {
    busy = true;
    actions.add(
        () -> {
          var _ = begin(work).whenComplete((result, failure) -> done(result, failure, next));
        });
  }

  private static <T> CompletableFuture<T> begin(Supplier<CompletableFuture<T>> work) {
    try {
      return work.get();
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private <T> void done(T result, @Nullable Throwable failure, Next<T> next) {
    List<Runnable> actions = new ArrayList<>();
    lock.lock();
    try {
      busy = false;
      sending = 0;
      if (over) {
        afterTheEnd(result, actions);
      } else if (failure != null) {
        fail(failure, actions);
      } else {
        next.run(result, actions);
      }
    } finally {
      account();
      lock.unlock();
    }
    actions.forEach(Runnable::run);
  }

  /** A step has ended after the upload was over. */
  private void afterTheEnd(@Nullable Object result, List<Runnable> actions) {
    if (result instanceof MultipartUpload started) {
      multipart = started;
    } else if (result instanceof PutResult) {
      multipart = null;
    }
    release(actions);
  }

  private void fail(Throwable failure, List<Runnable> actions) {
    over = true;
    release(actions);
    actions.add(
        () -> {
          finished.completeExceptionally(failure);
          source.failed(failure);
        });
  }

  /**
   * Gives back what is held. While a step is under way, its end does: an upload is aborted only
   * when none of its parts is on the way, or the store may keep that part.
   */
  private void release(List<Runnable> actions) {
    stalls.forget(this);
    filling = new ArrayList<>();
    filled = 0;
    if (busy) {
      return;
    }
    MultipartUpload upload = multipart;
    multipart = null;
    if (upload != null) {
      actions.add(
          () -> {
            var _ = upload.abort();
          });
    }
    UploadMemory.Share held = share;
    share = null;
    if (held != null) {
      actions.add(held::release);
    }
  }
}
