package io.prism.vector.testing;

import io.grpc.ManagedChannel;
import io.prism.config.v1.ClientConfig;
import io.prism.config.v1.VectorConfig;
import io.prism.starter.testing.PrismTestServer;
import io.prism.starter.testing.RequestStream;
import io.prism.vector.v1.BatchIndexResponse;
import io.prism.vector.v1.DeleteVectorRequest;
import io.prism.vector.v1.GetVectorRequest;
import io.prism.vector.v1.GetVectorResponse;
import io.prism.vector.v1.IndexVectorRequest;
import io.prism.vector.v1.SearchRequest;
import io.prism.vector.v1.SimilarVector;
import io.prism.vector.v1.VectorServiceGrpc;
import io.prism.vector.v1.VectorServiceGrpc.VectorServiceBlockingStub;
import io.prism.vector.v1.VectorServiceGrpc.VectorServiceStub;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A client of the Vector service with a session of its own. */
public final class Client {

  private final String namespace;
  private final ManagedChannel channel;

  Client(PrismTestServer server, String namespace, String permission, VectorConfig config) {
    this.namespace = namespace;
    channel =
        server.channel(
            server
                .tokens()
                .session()
                .namespace(namespace)
                .permissions(permission)
                .config(ClientConfig.newBuilder().setVector(config).build())
                .token());
  }

  public String namespace() {
    return namespace;
  }

  public VectorServiceBlockingStub stub() {
    return VectorServiceGrpc.newBlockingStub(channel).withDeadlineAfter(60, TimeUnit.SECONDS);
  }

  public VectorServiceStub async() {
    return VectorServiceGrpc.newStub(channel).withDeadlineAfter(30, TimeUnit.MINUTES);
  }

  /** A vector to be indexed. */
  public static IndexVectorRequest vector(
      String id, Map<String, String> metadata, float... values) {
    IndexVectorRequest.Builder request =
        IndexVectorRequest.newBuilder().setId(id).putAllMetadata(metadata);
    for (float value : values) {
      request.addVector(value);
    }
    return request.build();
  }

  /** Indexes a vector; whether it is new. */
  public boolean index(String id, float... values) {
    return index(id, Map.of(), values);
  }

  public boolean index(String id, Map<String, String> metadata, float... values) {
    return stub().indexVector(vector(id, metadata, values)).getCreated();
  }

  /** A BatchIndex that sends when it may. */
  public RequestStream<IndexVectorRequest, BatchIndexResponse> batch() {
    return new RequestStream<>(async()::batchIndex);
  }

  /** Indexes many in one stream. */
  public BatchIndexResponse batch(List<IndexVectorRequest> vectors) {
    RequestStream<IndexVectorRequest, BatchIndexResponse> stream = batch();
    vectors.forEach(stream::send);
    return stream.finish();
  }

  /** A search by a vector. */
  public static SearchRequest.Builder like(float... values) {
    SearchRequest.Builder request = SearchRequest.newBuilder();
    for (float value : values) {
      request.addQueryVector(value);
    }
    return request;
  }

  public List<SimilarVector> search(SearchRequest.Builder request) {
    return stub().searchSimilar(request.build()).getResultsList();
  }

  public List<String> ids(SearchRequest.Builder request) {
    return search(request).stream().map(SimilarVector::getId).toList();
  }

  public boolean delete(String id) {
    return stub().deleteVector(DeleteVectorRequest.newBuilder().setId(id).build()).getDeleted();
  }

  public GetVectorResponse get(String id) {
    return stub().getVector(GetVectorRequest.newBuilder().setId(id).setIncludeVector(true).build());
  }
}
