package io.prism.local.demo;

import io.grpc.ManagedChannel;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import io.prism.config.v1.DistanceMetric;
import io.prism.config.v1.VectorConfig;
import io.prism.vector.v1.BatchIndexResponse;
import io.prism.vector.v1.DeleteVectorRequest;
import io.prism.vector.v1.GetVectorRequest;
import io.prism.vector.v1.IndexVectorRequest;
import io.prism.vector.v1.SearchRequest;
import io.prism.vector.v1.SimilarVector;
import io.prism.vector.v1.VectorServiceGrpc;
import io.prism.vector.v1.VectorServiceGrpc.VectorServiceBlockingStub;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** RFC-002 §17: short texts by their embeddings, and those most like another one. */
final class VectorDemo {

  private final ManagedChannel channel;
  private final Narrator narrator;
  private final String token;

  VectorDemo(ManagedChannel channel, Narrator narrator, SessionDemo sessions) {
    this.channel = channel;
    this.narrator = narrator;
    this.token =
        sessions.openForVectors(
            VectorConfig.newBuilder()
                .setIndex("phrases")
                .setDimensions(Phrases.DIMENSIONS)
                .setMetric(DistanceMetric.DISTANCE_METRIC_COSINE)
                .build());
  }

  void run() throws InterruptedException {
    narrator.title("Vector (RFC-002 §17)");
    index();
    search();
    replace();
  }

  private VectorServiceBlockingStub vectors() {
    return VectorServiceGrpc.newBlockingStub(channel)
        .withInterceptors(SessionDemo.token(token))
        .withDeadlineAfter(60, TimeUnit.SECONDS);
  }

  private void index() throws InterruptedException {
    List<String> phrases = Phrases.all();
    try {
      BlockingClientCall<IndexVectorRequest, BatchIndexResponse> stream =
          VectorServiceGrpc.newBlockingV2Stub(channel)
              .withInterceptors(SessionDemo.token(token))
              .withDeadlineAfter(60, TimeUnit.SECONDS)
              .batchIndex();
      for (String phrase : phrases) {
        stream.write(vector(phrase));
      }
      stream.halfClose();
      BatchIndexResponse response = stream.read();
      if (response == null || response.getIndexed() != phrases.size()) {
        throw new UnexpectedOutcome("not all phrases were indexed: " + response);
      }
      narrator.step(
          "BatchIndex",
          "%d phrases, by how they are spelled: the demo has no model"
              .formatted(response.getIndexed()));
    } catch (StatusException e) {
      throw e.getStatus().asRuntimeException(e.getTrailers());
    }
  }

  private static IndexVectorRequest vector(String phrase) {
    return IndexVectorRequest.newBuilder()
        .setId(phrase)
        .addAllVector(Phrases.embedding(phrase))
        .putMetadata("department", Phrases.department(phrase))
        .build();
  }

  private void search() {
    SearchRequest.Builder search =
        SearchRequest.newBuilder()
            .addAllQueryVector(Phrases.embedding("waterproof hiking boot"))
            .setTopK(3);
    List<SimilarVector> found = vectors().searchSimilar(search.build()).getResultsList();
    if (found.size() != 3 || !found.getFirst().getId().equals("waterproof hiking boots")) {
      throw new UnexpectedOutcome("unexpected neighbours: " + found);
    }
    narrator.step(
        "SearchSimilar",
        "'waterproof hiking boot' is most like '%s' (%.2f)"
            .formatted(found.getFirst().getId(), found.getFirst().getScore()));
    List<SimilarVector> home =
        vectors()
            .searchSimilar(search.putFilters("department", "home").setTopK(10).build())
            .getResultsList();
    if (home.size() != 10
        || home.stream().anyMatch(v -> !v.getMetadataOrThrow("department").equals("home"))) {
      throw new UnexpectedOutcome("the filter was not kept: " + home);
    }
    narrator.step(
        "SearchSimilar",
        "in the department 'home' only: '%s', and nine more".formatted(home.getFirst().getId()));
  }

  private void replace() {
    String phrase = Phrases.all().getFirst();
    boolean created = vectors().indexVector(vector(phrase)).getCreated();
    boolean deleted =
        vectors().deleteVector(DeleteVectorRequest.newBuilder().setId(phrase).build()).getDeleted();
    boolean found =
        vectors().getVector(GetVectorRequest.newBuilder().setId(phrase).build()).getFound();
    if (created || !deleted || found) {
      throw new UnexpectedOutcome(
          "created: %s, deleted: %s, found: %s".formatted(created, deleted, found));
    }
    narrator.step("IndexVector, DeleteVector, GetVector", "replaced, deleted, and gone");
  }
}
