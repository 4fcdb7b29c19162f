package io.prism.objectstore.domain;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends uploads whose clients have stopped to send, so that they hold no memory for ever. */
public final class StalledUploads implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(StalledUploads.class);
  private static final int LOOKS = 4;

  private final Duration limit;
  private final Set<Upload> uploads = ConcurrentHashMap.newKeySet();
  private final Thread thread;

  /**
   * @param limit how long a chunk may take to come when it is asked for
   */
  public StalledUploads(Duration limit) {
    this.limit = limit;
    this.thread = Thread.ofVirtual().name("prism-objectstore-stalls").start(this::run);
  }

  void watch(Upload upload) {
    uploads.add(upload);
  }

  void forget(Upload upload) {
    uploads.remove(upload);
  }

  private void run() {
    try {
      while (true) {
        TimeUnit.NANOSECONDS.sleep(limit.dividedBy(LOOKS).toNanos());
        uploads.forEach(this::look);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void look(Upload upload) {
    try {
      upload.endIfStalled(limit);
    } catch (RuntimeException e) {
      log.error("an upload that stalls could not be ended", e);
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
