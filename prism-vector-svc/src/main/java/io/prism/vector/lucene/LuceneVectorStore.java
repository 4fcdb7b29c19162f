package io.prism.vector.lucene;

import io.prism.starter.backend.BackendGuard;
import io.prism.starter.call.CallScope;
import io.prism.starter.error.PrismException;
import io.prism.vector.domain.IndexShape;
import io.prism.vector.domain.IndexSpec;
import io.prism.vector.domain.Neighbour;
import io.prism.vector.domain.NewVector;
import io.prism.vector.domain.Outcome;
import io.prism.vector.domain.StoredVector;
import io.prism.vector.domain.VectorFault;
import io.prism.vector.domain.VectorQuery;
import io.prism.vector.domain.VectorReason;
import io.prism.vector.domain.VectorStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.lucene.store.AlreadyClosedException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Vectors in Lucene indexes, a folder for each. */
public final class LuceneVectorStore implements VectorStore, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(LuceneVectorStore.class);

  private final LuceneSettings settings;
  private final BackendGuard guard;
  private final ReentrantLock lock = new ReentrantLock();
  private final Thread commits;

  // Both under the lock.
  private final Map<Path, LuceneIndex> open = new HashMap<>();
  private boolean closed;

  public LuceneVectorStore(LuceneSettings settings, BackendGuard guard) {
    this.settings = settings;
    this.guard = guard;
    try {
      Files.createDirectories(settings.folder());
    } catch (IOException e) {
      throw new UncheckedIOException("the folder of the indexes cannot be made", e);
    }
    commits = Thread.ofVirtual().name("prism-vector-commits").start(this::commitUntilInterrupted);
  }

  /** Whether a failure says that the files cannot be used; for a guard. */
  public static boolean isOutage(Throwable failure) {
    return failure instanceof IOException
        || failure instanceof UncheckedIOException
        || failure instanceof AlreadyClosedException;
  }

  /** Returns when the folder can be written. */
  public void check() throws IOException {
    FileStore files = Files.getFileStore(settings.folder());
    if (files.isReadOnly() || files.getUsableSpace() <= settings.bufferBytes()) {
      throw new IOException("no room in " + settings.folder());
    }
  }

  @Override
  public CompletableFuture<List<Outcome>> index(IndexSpec spec, List<NewVector> vectors) {
    return run(
        "add",
        () -> {
          List<Outcome> outcomes = new ArrayList<>(vectors.size());
          for (NewVector vector : vectors) {
            outcomes.add(add(spec, vector));
          }
          keepWithinBuffer();
          return outcomes;
        });
  }

  /** Lucene bounds the memory of one index; all together they have no more. */
  private void keepWithinBuffer() throws IOException {
    if (bufferedBytes() <= settings.bufferBytes()) {
      return;
    }
    LuceneIndex largest =
        indexes().stream()
            .filter(LuceneIndex::isOpen)
            .max(Comparator.comparingLong(LuceneIndex::bufferedBytes))
            .orElse(null);
    if (largest != null) {
      largest.flush();
    }
  }

  private Outcome add(IndexSpec spec, NewVector vector) throws IOException {
    LuceneIndex index = find(spec);
    IndexShape shape =
        index == null
            ? IndexShape.first(spec, vector.values(), Double.POSITIVE_INFINITY)
            : index.shape();
    spec.requireMetric(shape.metric());
    VectorFault fault = shape.fault("vector", vector.values());
    if (fault != null) {
      return Outcome.refused(fault);
    }
    return index == null ? addFirst(spec, shape, vector) : Outcome.stored(index.put(vector));
  }

  /** Makes the index, unless another one has done that meanwhile. */
  private Outcome addFirst(IndexSpec spec, IndexShape shape, NewVector vector) throws IOException {
    Path folder = folder(spec);
    lock.lock();
    try {
      if (find(spec) == null) {
        Files.createDirectories(folder);
        add(folder, () -> LuceneIndex.make(folder, shape, spec.efConstruction(), bufferBytes()));
      }
    } finally {
      lock.unlock();
    }
    return add(spec, vector);
  }

  @Override
  public CompletableFuture<List<Neighbour>> search(IndexSpec spec, VectorQuery query) {
    return run(
        "search",
        () -> {
          LuceneIndex index = find(spec);
          if (index == null) {
            return List.of();
          }
          spec.requireMetric(index.shape().metric());
          VectorFault fault = index.shape().queryFault(VectorQuery.FIELD, query.values());
          if (fault != null) {
            throw fault.exception();
          }
          return index.search(query, spec.efSearch());
        });
  }

  @Override
  public CompletableFuture<Boolean> delete(IndexSpec spec, String id) {
    return run(
        "remove",
        () -> {
          LuceneIndex index = find(spec);
          return index != null && index.delete(id);
        });
  }

  @Override
  public CompletableFuture<Optional<StoredVector>> get(
      IndexSpec spec, String id, boolean withValues) {
    return run(
        "get",
        () -> {
          LuceneIndex index = find(spec);
          if (index == null) {
            return Optional.empty();
          }
          return index
              .get(id)
              .map(
                  vector ->
                      withValues
                          ? vector
                          : new StoredVector(vector.id(), new float[0], vector.metadata()));
        });
  }

  /** Computes and reads files, on a thread of its own. */
  private <T> CompletableFuture<T> run(String operation, Callable<T> work) {
    CompletableFuture<T> result = new CompletableFuture<>();
    Runnable task =
        () -> {
          try {
            result.complete(guard.call(operation, work));
          } catch (Throwable e) {
            result.completeExceptionally(e);
          }
        };
    CallScope call = CallScope.current();
    Thread _ = Thread.startVirtualThread(() -> call.run(task));
    return result;
  }

  private Path folder(IndexSpec spec) {
    return settings.folder().resolve(spec.namespace()).resolve(spec.name());
  }

  private @Nullable LuceneIndex find(IndexSpec spec) throws IOException {
    Path folder = folder(spec);
    lock.lock();
    try {
      LuceneIndex known = known(folder);
      if (known != null) {
        return known;
      }
      return Files.isDirectory(folder) && LuceneIndex.isIn(folder)
          ? add(folder, () -> LuceneIndex.open(folder, spec.efConstruction(), bufferBytes()))
          : null;
    } finally {
      lock.unlock();
    }
  }

  private long bufferBytes() {
    return settings.bufferBytes();
  }

  /** An index that is open; one whose disk has failed is given up, to be opened again. */
  private @Nullable LuceneIndex known(Path folder) {
    LuceneIndex index = open.get(folder);
    if (index == null || index.isOpen()) {
      return index;
    }
    open.remove(folder);
    closeQuietly(folder, index);
    return null;
  }

  /** How an index comes to be open. */
  private interface Opening {
    LuceneIndex open() throws IOException;
  }

  private LuceneIndex add(Path folder, Opening opening) throws IOException {
    if (closed) {
      throw new AlreadyClosedException("the service stops");
    }
    if (open.size() >= settings.maxIndexes()) {
      throw PrismException.because(
              VectorReason.INDEX_LIMIT_EXCEEDED,
              "this instance has %d indexes open, which is the limit".formatted(open.size()))
          .with("limit", Integer.toString(settings.maxIndexes()))
          .build();
    }
    LuceneIndex index = opening.open();
    open.put(folder, index);
    return index;
  }

  private void commitUntilInterrupted() {
    try {
      while (true) {
        TimeUnit.NANOSECONDS.sleep(settings.commitInterval().toNanos());
        for (LuceneIndex index : indexes()) {
          commit(index);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void commit(LuceneIndex index) {
    try {
      index.commit();
    } catch (IOException | RuntimeException e) {
      log.warn("what was written of an index does not survive a crash: {}", e.toString());
    }
  }

  private List<LuceneIndex> indexes() {
    lock.lock();
    try {
      return List.copyOf(open.values());
    } finally {
      lock.unlock();
    }
  }

  /** Bytes of memory for what is not in files yet. */
  public long bufferedBytes() {
    return indexes().stream()
        .filter(LuceneIndex::isOpen)
        .mapToLong(LuceneIndex::bufferedBytes)
        .sum();
  }

  /** Vectors of all open indexes. */
  public long size() {
    return indexes().stream().filter(LuceneIndex::isOpen).mapToLong(LuceneIndex::size).sum();
  }

  @Override
  public void close() {
    commits.interrupt();
    lock.lock();
    try {
      closed = true;
      open.forEach(LuceneVectorStore::closeQuietly);
      open.clear();
    } finally {
      lock.unlock();
    }
  }

  private static void closeQuietly(Path folder, LuceneIndex index) {
    try {
      index.close();
    } catch (IOException | RuntimeException e) {
      log.warn("the index in {} does not close: {}", folder, e.toString());
    }
  }
}
