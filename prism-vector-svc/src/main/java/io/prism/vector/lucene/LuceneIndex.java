package io.prism.vector.lucene;

import io.prism.vector.domain.IndexShape;
import io.prism.vector.domain.Neighbour;
import io.prism.vector.domain.NewVector;
import io.prism.vector.domain.StoredVector;
import io.prism.vector.domain.VectorQuery;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene104.Lucene104Codec;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.search.ControlledRealTimeReopenThread;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.LiveFieldValues;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.SearcherManager;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.jspecify.annotations.Nullable;

/**
 * One index in a folder. Searches see all that was written before, though Lucene shows writes only
 * in batches: a search waits for the next batch while something is missing to it, which comes at
 * once when somebody waits, and not more often than each 25 ms.
 */
final class LuceneIndex implements AutoCloseable {

  private static final double LATEST_SECONDS = 1;
  private static final double SOONEST_SECONDS = 0.025;
  private static final double MEGABYTE = 1024 * 1024;
  private static final int LOCKS = 64;

  private final IndexShape shape;
  private final VectorDocuments documents;
  private final Directory directory;
  private final IndexWriter writer;
  private final SearcherManager searchers;
  private final ControlledRealTimeReopenThread<IndexSearcher> batches;
  private final Live live;
  private final AtomicLong written = new AtomicLong();
  private final ReentrantLock[] locks = new ReentrantLock[LOCKS];
  private volatile boolean dirty;

  private LuceneIndex(Directory directory, IndexWriter writer, IndexShape shape)
      throws IOException {
    this.directory = directory;
    this.writer = writer;
    this.shape = shape;
    this.documents = new VectorDocuments(shape);
    this.searchers = new SearcherManager(writer, null);
    this.live = new Live(searchers, documents);
    this.batches =
        new ControlledRealTimeReopenThread<>(writer, searchers, LATEST_SECONDS, SOONEST_SECONDS);
    for (int i = 0; i < LOCKS; i++) {
      locks[i] = new ReentrantLock();
    }
    batches.setName("prism-vector-batches");
    batches.setDaemon(true);
    batches.start();
  }

  /** Whether a folder has an index. */
  static boolean isIn(Path folder) throws IOException {
    try (Directory directory = FSDirectory.open(folder)) {
      return DirectoryReader.indexExists(directory);
    }
  }

  /** An index that is there. */
  static LuceneIndex open(Path folder, int efConstruction, long bufferBytes) throws IOException {
    IndexShape shape;
    try (Directory directory = FSDirectory.open(folder);
        DirectoryReader reader = DirectoryReader.open(directory)) {
      shape = ShapeData.parse(reader.getIndexCommit().getUserData());
    }
    return open(folder, shape, efConstruction, bufferBytes);
  }

  /** A new index, which is there even after a crash. */
  static LuceneIndex make(Path folder, IndexShape shape, int efConstruction, long bufferBytes)
      throws IOException {
    LuceneIndex index = open(folder, shape, efConstruction, bufferBytes);
    index.writer.setLiveCommitData(ShapeData.of(shape).entrySet());
    index.writer.commit();
    return index;
  }

  private static LuceneIndex open(
      Path folder, IndexShape shape, int efConstruction, long bufferBytes) throws IOException {
    IndexWriterConfig config =
        new IndexWriterConfig()
            .setCodec(
                new Lucene104Codec() {
                  @Override
                  public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
                    return new WideHnswFormat(
                        new Lucene99HnswVectorsFormat(
                            Math.min(shape.links(), Lucene99HnswVectorsFormat.MAXIMUM_MAX_CONN),
                            Math.min(
                                efConstruction, Lucene99HnswVectorsFormat.MAXIMUM_BEAM_WIDTH)));
                  }
                })
            .setRAMBufferSizeMB(bufferBytes / MEGABYTE)
            .setCommitOnClose(true);
    Directory directory = FSDirectory.open(folder);
    IndexWriter writer = null;
    try {
      writer = new IndexWriter(directory, config);
      return new LuceneIndex(directory, writer, shape);
    } catch (IOException | RuntimeException e) {
      if (writer != null) {
        writer.rollback();
      }
      directory.close();
      throw e;
    }
  }

  IndexShape shape() {
    return shape;
  }

  /** Whether it can go on; false after a failure of its disk. */
  boolean isOpen() {
    return writer.isOpen();
  }

  /** Stores a vector; whether it is new. */
  boolean put(NewVector vector) throws IOException {
    ReentrantLock lock = lock(vector.id());
    lock.lock();
    try {
      boolean created = live.get(vector.id()) == null;
      wrote(writer.updateDocument(VectorDocuments.term(vector.id()), documents.document(vector)));
      live.add(vector.id(), new StoredVector(vector.id(), vector.values(), vector.metadata()));
      return created;
    } finally {
      lock.unlock();
    }
  }

  /** Removes a vector; whether there was one. */
  boolean delete(String id) throws IOException {
    ReentrantLock lock = lock(id);
    lock.lock();
    try {
      boolean deleted = live.get(id) != null;
      if (deleted) {
        wrote(writer.deleteDocuments(VectorDocuments.term(id)));
        live.delete(id);
      }
      return deleted;
    } finally {
      lock.unlock();
    }
  }

  private ReentrantLock lock(String id) {
    return locks[Math.floorMod(id.hashCode(), LOCKS)];
  }

  private void wrote(long generation) {
    dirty = true;
    written.accumulateAndGet(generation, Math::max);
  }

  Optional<StoredVector> get(String id) throws IOException {
    return Optional.ofNullable(live.get(id));
  }

  List<Neighbour> search(VectorQuery query, int efSearch) throws IOException {
    awaitWritten();
    IndexSearcher searcher = searchers.acquire();
    try {
      TopDocs top =
          searcher.search(
              new KnnFloatVectorQuery(
                  VectorDocuments.VALUES,
                  documents.compared(query.values()),
                  Math.max(efSearch, query.topK()),
                  VectorDocuments.filter(query.filters())),
              query.topK());
      List<Neighbour> found = new ArrayList<>(top.scoreDocs.length);
      for (ScoreDoc hit : top.scoreDocs) {
        StoredVector vector = documents.read(searcher, hit.doc, false);
        found.add(new Neighbour(vector.id(), documents.score(hit.score), vector.metadata()));
      }
      return found;
    } finally {
      searchers.release(searcher);
    }
  }

  private void awaitWritten() throws IOException {
    try {
      batches.waitForGeneration(written.get());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for what was written", e);
    }
  }

  /** Makes what was written survive a crash, if something was. */
  void commit() throws IOException {
    if (dirty) {
      dirty = false;
      try {
        writer.commit();
      } catch (IOException | RuntimeException e) {
        dirty = true;
        throw e;
      }
    }
  }

  /** Vectors that are there, of which batches are still missing some. */
  int size() {
    return writer.getDocStats().numDocs;
  }

  /** Bytes of memory for what is not in files yet. */
  long bufferedBytes() {
    return writer.ramBytesUsed();
  }

  /** Writes the larger part of that into files. */
  void flush() throws IOException {
    writer.flushNextBuffer();
  }

  @Override
  public void close() throws IOException {
    batches.close();
    live.close();
    searchers.close();
    writer.close();
    directory.close();
  }

  /** Vectors by id, those of the batch that nobody has seen yet included. */
  private static final class Live extends LiveFieldValues<IndexSearcher, StoredVector> {

    private static final StoredVector MISSING = new StoredVector("", new float[0], Map.of());

    private final VectorDocuments documents;

    Live(SearcherManager searchers, VectorDocuments documents) {
      super(searchers, MISSING);
      this.documents = documents;
    }

    @Override
    protected @Nullable StoredVector lookupFromSearcher(IndexSearcher searcher, String id)
        throws IOException {
      TopDocs found = searcher.search(new TermQuery(VectorDocuments.term(id)), 1);
      return found.scoreDocs.length == 0
          ? null
          : documents.read(searcher, found.scoreDocs[0].doc, true);
    }
  }
}
