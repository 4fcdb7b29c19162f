package io.prism.objectstore.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The bytes of a file, read as they are asked for, on a thread that lives only meanwhile. */
final class FileReading implements Flow.Publisher<ByteBuffer>, Flow.Subscription {

  private static final int BUFFER = 64 * 1024;

  private final FileChannel file;
  private final Executor threads;
  private final AtomicLong demand = new AtomicLong();
  private final AtomicBoolean running = new AtomicBoolean();
  private final AtomicBoolean over = new AtomicBoolean();
  private final AtomicReference<Flow.@Nullable Subscriber<? super ByteBuffer>> subscriber =
      new AtomicReference<>();

  /** Of whoever is running. */
  private long position;

  private long left;

  FileReading(FileChannel file, long start, long length, Executor threads) {
    this.file = file;
    this.position = start;
    this.left = length;
    this.threads = threads;
  }

  @Override
  public void subscribe(Flow.Subscriber<? super ByteBuffer> reader) {
    subscriber.set(reader);
    reader.onSubscribe(this);
    // Tells of the end of what has no bytes.
    schedule();
  }

  @Override
  public void request(long n) {
    demand.addAndGet(n);
    schedule();
  }

  @Override
  public void cancel() {
    over.set(true);
    schedule();
  }

  private void schedule() {
    if (running.compareAndSet(false, true)) {
      threads.execute(this::run);
    }
  }

  private void run() {
    boolean again;
    do {
      work();
      running.set(false);
      again = hasWork() && running.compareAndSet(false, true);
    } while (again);
  }

  private boolean hasWork() {
    return file.isOpen() && (over.get() || left == 0 || demand.get() > 0);
  }

  private void work() {
    Flow.Subscriber<? super ByteBuffer> reader = subscriber.get();
    if (reader == null) {
      throw new IllegalStateException("nobody has subscribed");
    }
    try {
      while (file.isOpen() && !over.get() && left > 0 && demand.get() > 0) {
        ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(BUFFER, left));
        while (buffer.hasRemaining()) {
          int read = file.read(buffer, position + buffer.position());
          if (read < 0) {
            throw new IOException("the file of an object is shorter than the index says");
          }
        }
        position += buffer.capacity();
        left -= buffer.capacity();
        demand.decrementAndGet();
        reader.onNext(buffer.flip());
      }
      if (over.get() || left == 0) {
        file.close();
        if (!over.getAndSet(true)) {
          reader.onComplete();
        }
      }
    } catch (IOException e) {
      over.set(true);
      close();
      reader.onError(e);
    }
  }

  private void close() {
    try {
      file.close();
    } catch (IOException e) {
      // It was only read.
    }
  }
}
