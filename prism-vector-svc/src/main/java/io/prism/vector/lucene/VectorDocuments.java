package io.prism.vector.lucene;

import io.prism.vector.domain.IndexShape;
import io.prism.vector.domain.Metric;
import io.prism.vector.domain.NewVector;
import io.prism.vector.domain.StoredVector;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.apache.lucene.document.BinaryDocValuesField;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.BinaryDocValues;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.ReaderUtil;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.util.BytesRef;
import org.jspecify.annotations.Nullable;

/**
 * A vector as a document: its id, its values, each of its metadata as a term to filter by, and id
 * and metadata once more to be read. Under COSINE the values are of length 1, since an inner
 * product costs half of what an angle does, and the length is beside.
 */
final class VectorDocuments {

  static final String VALUES = "values";

  private static final String ID = "id";
  private static final String METADATA = "metadata";
  private static final String FACTS = "facts";

  private final IndexShape shape;

  VectorDocuments(IndexShape shape) {
    this.shape = shape;
  }

  static Term term(String id) {
    return new Term(ID, id);
  }

  VectorSimilarityFunction similarity() {
    return switch (shape.metric()) {
      case COSINE -> VectorSimilarityFunction.DOT_PRODUCT;
      case L2 -> VectorSimilarityFunction.EUCLIDEAN;
      case INNER_PRODUCT -> VectorSimilarityFunction.MAXIMUM_INNER_PRODUCT;
    };
  }

  /** The score of what Lucene scores with {@link #similarity}. */
  float score(float lucene) {
    return switch (shape.metric()) {
      case COSINE -> Math.clamp(lucene, 0, 1);
      // 1 / (1 + d²)
      case L2 -> Metric.ofDistance(Math.sqrt(Math.max(0, 1.0 / lucene - 1)));
      // p + 1, or 1 / (1 - p) below
      case INNER_PRODUCT -> Metric.ofInnerProduct(lucene >= 1 ? lucene - 1.0 : 1 - 1.0 / lucene);
    };
  }

  /** A vector as it is compared. */
  float[] compared(float[] vector) {
    return shape.metric() == Metric.COSINE ? scaled(vector, 1 / Metric.length(vector)) : vector;
  }

  private static float[] scaled(float[] vector, double factor) {
    float[] scaled = new float[vector.length];
    for (int i = 0; i < vector.length; i++) {
      scaled[i] = (float) (vector[i] * factor);
    }
    return scaled;
  }

  Document document(NewVector vector) {
    Document document = new Document();
    document.add(new StringField(ID, vector.id(), Field.Store.NO));
    document.add(new KnnFloatVectorField(VALUES, compared(vector.values()), similarity()));
    vector
        .metadata()
        .forEach(
            (name, value) ->
                document.add(new StringField(METADATA, pair(name, value), Field.Store.NO)));
    document.add(new BinaryDocValuesField(FACTS, facts(vector)));
    return document;
  }

  /** Both as one term, from which no other name and value could be. */
  private static BytesRef pair(String name, String value) {
    byte[] first = name.getBytes(StandardCharsets.UTF_8);
    byte[] second = value.getBytes(StandardCharsets.UTF_8);
    byte[] pair = new byte[1 + first.length + second.length];
    pair[0] = (byte) first.length;
    System.arraycopy(first, 0, pair, 1, first.length);
    System.arraycopy(second, 0, pair, 1 + first.length, second.length);
    return new BytesRef(pair);
  }

  /** Null: everything. */
  static @Nullable Query filter(Map<String, String> filters) {
    if (filters.isEmpty()) {
      return null;
    }
    BooleanQuery.Builder all = new BooleanQuery.Builder();
    filters.forEach(
        (name, value) ->
            all.add(
                new TermQuery(new Term(METADATA, pair(name, value))), BooleanClause.Occur.FILTER));
    return all.build();
  }

  private BytesRef facts(NewVector vector) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeDouble(shape.metric() == Metric.COSINE ? Metric.length(vector.values()) : 1);
      write(out, vector.id());
      out.writeInt(vector.metadata().size());
      for (Map.Entry<String, String> entry : vector.metadata().entrySet()) {
        write(out, entry.getKey());
        write(out, entry.getValue());
      }
    } catch (IOException e) {
      throw new IllegalStateException("memory cannot be written", e);
    }
    return new BytesRef(bytes.toByteArray());
  }

  private static void write(DataOutputStream out, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static String read(DataInputStream in) throws IOException {
    return new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
  }

  /** The vector of a document. */
  StoredVector read(IndexSearcher searcher, int document, boolean withValues) throws IOException {
    LeafReaderContext leaf =
        searcher.getLeafContexts().get(ReaderUtil.subIndex(document, searcher.getLeafContexts()));
    int place = document - leaf.docBase;
    BinaryDocValues facts = DocValues.getBinary(leaf.reader(), FACTS);
    if (!facts.advanceExact(place)) {
      throw new IllegalStateException("a document without facts");
    }
    BytesRef bytes = facts.binaryValue();
    try (DataInputStream in =
        new DataInputStream(new ByteArrayInputStream(bytes.bytes, bytes.offset, bytes.length))) {
      double length = in.readDouble();
      String id = read(in);
      int size = in.readInt();
      Map<String, String> metadata = HashMap.newHashMap(size);
      for (int i = 0; i < size; i++) {
        metadata.put(read(in), read(in));
      }
      float[] values = withValues ? scaled(values(leaf, place), length) : new float[0];
      return new StoredVector(id, values, metadata);
    }
  }

  private static float[] values(LeafReaderContext leaf, int place) throws IOException {
    FloatVectorValues values = leaf.reader().getFloatVectorValues(VALUES);
    KnnVectorValues.DocIndexIterator documents = values.iterator();
    if (documents.advance(place) != place) {
      throw new IllegalStateException("a document without values");
    }
    return values.vectorValue(documents.index());
  }
}
