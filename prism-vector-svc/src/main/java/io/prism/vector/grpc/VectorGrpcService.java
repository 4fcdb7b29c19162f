package io.prism.vector.grpc;

import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.StreamObserver;
import io.prism.starter.auth.Session;
import io.prism.starter.call.Answers;
import io.prism.vector.domain.IndexSpec;
import io.prism.vector.domain.NewVector;
import io.prism.vector.domain.VectorQuery;
import io.prism.vector.domain.VectorRules;
import io.prism.vector.domain.VectorStore;
import io.prism.vector.v1.BatchIndexResponse;
import io.prism.vector.v1.DeleteVectorRequest;
import io.prism.vector.v1.DeleteVectorResponse;
import io.prism.vector.v1.GetVectorRequest;
import io.prism.vector.v1.GetVectorResponse;
import io.prism.vector.v1.IndexVectorRequest;
import io.prism.vector.v1.IndexVectorResponse;
import io.prism.vector.v1.SearchRequest;
import io.prism.vector.v1.SearchResponse;
import io.prism.vector.v1.VectorServiceGrpc;
import java.util.List;
import org.springframework.stereotype.Component;

/** The rpcs of the Vector service. They run on event loops: nothing here blocks. */
@Component
final class VectorGrpcService implements BindableService, VectorServiceGrpc.AsyncService {

  private final VectorStore store;
  private final HnswDefaults defaults;
  private final AnswerLimit limit;

  VectorGrpcService(VectorStore store, HnswDefaults defaults, AnswerLimit limit) {
    this.store = store;
    this.defaults = defaults;
    this.limit = limit;
  }

  @Override
  public ServerServiceDefinition bindService() {
    return VectorServiceGrpc.bindService(this);
  }

  private IndexSpec index() {
    return VectorProtos.index(Session.current(), defaults);
  }

  @Override
  public void indexVector(
      IndexVectorRequest request, StreamObserver<IndexVectorResponse> response) {
    IndexSpec index = index();
    NewVector vector = VectorProtos.vector(request);
    VectorProtos.require(VectorRules.fault(index, vector));
    Answers.send(
        store
            .index(index, List.of(vector))
            .thenApply(
                outcomes -> {
                  VectorProtos.require(outcomes.getFirst().fault());
                  return IndexVectorResponse.newBuilder()
                      .setId(vector.id())
                      .setCreated(outcomes.getFirst().created())
                      .build();
                }),
        response);
  }

  @Override
  public void searchSimilar(SearchRequest request, StreamObserver<SearchResponse> response) {
    IndexSpec index = index();
    VectorQuery query = VectorProtos.query(index, request);
    float minScore = request.getMinScore();
    Answers.send(
        store
            .search(index, query)
            .thenApply(found -> VectorProtos.response(found, minScore, limit.bytes())),
        response);
  }

  @Override
  public StreamObserver<IndexVectorRequest> batchIndex(
      StreamObserver<BatchIndexResponse> response) {
    return BatchIndexCall.start(store, index(), response);
  }

  @Override
  public void deleteVector(
      DeleteVectorRequest request, StreamObserver<DeleteVectorResponse> response) {
    VectorProtos.require(VectorRules.idFault(request.getId()));
    Answers.send(
        store
            .delete(index(), request.getId())
            .thenApply(deleted -> DeleteVectorResponse.newBuilder().setDeleted(deleted).build()),
        response);
  }

  @Override
  public void getVector(GetVectorRequest request, StreamObserver<GetVectorResponse> response) {
    VectorProtos.require(VectorRules.idFault(request.getId()));
    Answers.send(
        store
            .get(index(), request.getId(), request.getIncludeVector())
            .thenApply(
                found ->
                    found
                        .map(VectorProtos::response)
                        .orElse(GetVectorResponse.getDefaultInstance())),
        response);
  }
}
