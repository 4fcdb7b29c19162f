package io.prism.bench.vector;

import io.prism.bench.load.Attempt;
import io.prism.bench.load.WorkNotDone;
import io.prism.bench.scenario.Bench;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene104.Lucene104Codec;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.StoredFields;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.SearcherManager;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.util.VectorUtil;

/** An index of the same vectors in the driver's own process, with the service's own settings. */
final class DirectLucene implements DirectVectors, AutoCloseable {
  private static final int BUFFER_MB = 64;
  private static final String ID = "id";
  private static final String VALUES = "values";

  private final Directory directory;
  private final IndexWriter writer;
  private final SearcherManager searchers;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  private DirectLucene(Directory directory, IndexWriter writer) throws IOException {
    this.directory = directory;
    this.writer = writer;
    this.searchers = new SearcherManager(writer, null);
  }

  static DirectLucene open(Bench bench, String name) throws IOException {
    Directory directory = FSDirectory.open(bench.deployment().file("direct-" + name));
    IndexWriter writer =
        new IndexWriter(
            directory,
            new IndexWriterConfig()
                .setOpenMode(IndexWriterConfig.OpenMode.CREATE)
                .setRAMBufferSizeMB(BUFFER_MB)
                .setCodec(
                    new Lucene104Codec() {
                      @Override
                      public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
                        return new Lucene99HnswVectorsFormat(LINKS, CONSTRUCTION);
                      }
                    }));
    return bench.closeLater(new DirectLucene(directory, writer));
  }

  @Override
  public void fill(VectorSet set, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      add(VectorSet.id(i), set.vector(i));
    }
    searchers.maybeRefreshBlocking();
  }

  @Override
  public void add(Attempt attempt, String id, float[] vector) {
    run(attempt, () -> add(id, vector));
  }

  private void add(String id, float[] vector) throws IOException {
    Document document = new Document();
    document.add(new StringField(ID, id, Field.Store.YES));
    document.add(
        new KnnFloatVectorField(
            VALUES, VectorUtil.l2normalize(vector.clone()), VectorSimilarityFunction.DOT_PRODUCT));
    writer.updateDocument(new Term(ID, id), document);
  }

  @Override
  public List<String> search(float[] query) throws IOException {
    IndexSearcher searcher = searchers.acquire();
    try {
      StoredFields fields = searcher.storedFields();
      List<String> ids = new ArrayList<>(TOP_K);
      for (ScoreDoc hit :
          searcher.search(
                  new KnnFloatVectorQuery(VALUES, VectorUtil.l2normalize(query.clone()), SEARCH),
                  TOP_K)
              .scoreDocs) {
        ids.add(fields.document(hit.doc).get(ID));
      }
      return ids;
    } finally {
      searchers.release(searcher);
    }
  }

  @Override
  public void search(Attempt attempt, float[] query) {
    run(
        attempt,
        () -> {
          if (search(query).isEmpty()) {
            throw new WorkNotDone("nothing found");
          }
        });
  }

  private void run(Attempt attempt, Work work) {
    threads.execute(
        () -> {
          try {
            work.run();
            attempt.succeeded();
          } catch (IOException | RuntimeException e) {
            attempt.failed(e);
          }
        });
  }

  private interface Work {
    void run() throws IOException;
  }

  @Override
  public void close() throws IOException {
    threads.close();
    searchers.close();
    writer.close();
    directory.close();
  }
}
