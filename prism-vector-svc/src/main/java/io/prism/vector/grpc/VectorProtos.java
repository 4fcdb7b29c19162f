package io.prism.vector.grpc;

import io.prism.config.v1.VectorConfig;
import io.prism.starter.auth.Session;
import io.prism.starter.error.CallReason;
import io.prism.starter.error.PrismException;
import io.prism.vector.domain.IndexSpec;
import io.prism.vector.domain.Metric;
import io.prism.vector.domain.Neighbour;
import io.prism.vector.domain.NewVector;
import io.prism.vector.domain.StoredVector;
import io.prism.vector.domain.VectorFault;
import io.prism.vector.domain.VectorQuery;
import io.prism.vector.domain.VectorReason;
import io.prism.vector.domain.VectorRules;
import io.prism.vector.v1.GetVectorResponse;
import io.prism.vector.v1.IndexVectorRequest;
import io.prism.vector.v1.SearchRequest;
import io.prism.vector.v1.SearchResponse;
import io.prism.vector.v1.SimilarVector;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Between vectors of the wire and those of the domain. */
final class VectorProtos {

  private static final String DEFAULT_INDEX = "default";

  private VectorProtos() {}

  static IndexSpec index(Session session, HnswDefaults defaults) {
    VectorConfig config = session.config().getVector();
    return new IndexSpec(
        session.namespace(),
        config.getIndex().isEmpty() ? DEFAULT_INDEX : config.getIndex(),
        config.getDimensions(),
        metric(config),
        config.getM() == 0 ? defaults.links() : config.getM(),
        config.getEfConstruction() == 0 ? defaults.efConstruction() : config.getEfConstruction(),
        config.getEfSearch() == 0 ? defaults.efSearch() : config.getEfSearch());
  }

  private static @Nullable Metric metric(VectorConfig config) {
    return switch (config.getMetric()) {
      case DISTANCE_METRIC_COSINE -> Metric.COSINE;
      case DISTANCE_METRIC_L2 -> Metric.L2;
      case DISTANCE_METRIC_INNER_PRODUCT -> Metric.INNER_PRODUCT;
      case DISTANCE_METRIC_UNSPECIFIED, UNRECOGNIZED -> null;
    };
  }

  static NewVector vector(IndexVectorRequest request) {
    return new NewVector(
        request.getId(), floats(request.getVectorList()), request.getMetadataMap());
  }

  /** The values of a list that has them unboxed, one by one. */
  private static float[] floats(List<Float> values) {
    float[] floats = new float[values.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = values.get(i);
    }
    return floats;
  }

  static VectorQuery query(IndexSpec index, SearchRequest request) {
    float[] values = floats(request.getQueryVectorList());
    require(VectorRules.valuesFault(VectorQuery.FIELD, index, values));
    int topK = request.getTopK();
    if (topK < 1 || topK > VectorRules.MAX_TOP_K) {
      throw PrismException.invalid(
          "top_k", "%d (expected: 1-%d)".formatted(topK, VectorRules.MAX_TOP_K));
    }
    float minScore = request.getMinScore();
    if (!(minScore >= 0 && minScore <= 1)) {
      throw PrismException.invalid("min_score", minScore + " (expected: 0-1)");
    }
    VectorFault fault = VectorRules.metadataFault("filters", request.getFiltersMap());
    if (fault != null) {
      throw PrismException.because(CallReason.INVALID_ARGUMENT, fault.message())
          .violation(fault.field(), fault.description())
          .build();
    }
    return new VectorQuery(values, topK, request.getFiltersMap());
  }

  static void require(@Nullable VectorFault fault) {
    if (fault != null) {
      throw fault.exception();
    }
  }

  /**
   * What was found, without what is less similar than the client wants.
   *
   * @throws PrismException ANSWER_TOO_LARGE
   */
  static SearchResponse response(List<Neighbour> found, float minScore, long maxBytes) {
    SearchResponse.Builder response = SearchResponse.newBuilder();
    long bytes = 0;
    for (Neighbour neighbour : found) {
      if (neighbour.score() < minScore) {
        break;
      }
      SimilarVector similar =
          SimilarVector.newBuilder()
              .setId(neighbour.id())
              .setScore(neighbour.score())
              .putAllMetadata(neighbour.metadata())
              .build();
      bytes += similar.getSerializedSize();
      if (bytes > maxBytes) {
        throw PrismException.because(
                VectorReason.ANSWER_TOO_LARGE,
                "the metadata of what was found have more than %d bytes; ask for fewer results"
                    .formatted(maxBytes))
            .with("limit", Long.toString(maxBytes))
            .build();
      }
      response.addResults(similar);
    }
    return response.build();
  }

  static GetVectorResponse response(StoredVector vector) {
    GetVectorResponse.Builder response =
        GetVectorResponse.newBuilder()
            .setFound(true)
            .setId(vector.id())
            .putAllMetadata(vector.metadata());
    for (float value : vector.values()) {
      response.addVector(value);
    }
    return response.build();
  }
}
