package io.prism.reader.domain;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Reads the pages of a scan one after the other, and each while the one before it is still being
 * made, since the store says early where it ends. At most one page is read ahead.
 *
 * @param <R> a row as it travels
 */
public final class PagesAhead<R> {

  private final Scan<R> scan;
  private final PageSize size;
  private final Executor executor;
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable Reading coming;

  /**
   * @param executor for what blocks; its tasks are parts of the call
   */
  public PagesAhead(Scan<R> scan, PageSize size, Executor executor) {
    this.scan = scan;
    this.size = size;
    this.executor = executor;
  }

  /** A page that is read ahead. */
  private final class Reading {

    private final Position after;
    private final CompletableFuture<Page<R>> page = new CompletableFuture<>();
    private @Nullable Position following;
    private boolean wanted;

    Reading(Position after) {
      this.after = after;
    }

    void run() {
      try {
        page.complete(scan.next(after, 0, size, this::follow));
      } catch (Throwable e) {
        page.completeExceptionally(e);
      }
    }

    /** The next one is only read when this one is wanted. */
    private void follow(Position position) {
      lock.lock();
      try {
        following = position;
        if (wanted) {
          begin(position);
        }
      } finally {
        lock.unlock();
      }
    }

    private Page<R> take() {
      lock.lock();
      try {
        wanted = true;
        if (following != null) {
          begin(following);
        }
      } finally {
        lock.unlock();
      }
      try {
        return page.join();
      } catch (CompletionException e) {
        throw e.getCause() instanceof RuntimeException failure ? failure : e;
      }
    }
  }

  /**
   * The rows after a position; blocks. Not to be called by two threads at once.
   *
   * @throws io.prism.starter.error.PrismException as {@link Scan#next} does
   */
  public Page<R> next(@Nullable Position after) {
    Reading reading = coming(after);
    return reading == null ? scan.next(after, 0, size, this::begin) : reading.take();
  }

  private @Nullable Reading coming(@Nullable Position after) {
    lock.lock();
    try {
      Reading reading = coming;
      coming = null;
      return reading == null || !reading.after.equals(after) ? null : reading;
    } finally {
      lock.unlock();
    }
  }

  private void begin(Position position) {
    Reading reading = new Reading(position);
    lock.lock();
    try {
      coming = reading;
    } finally {
      lock.unlock();
    }
    executor.execute(reading::run);
  }
}
