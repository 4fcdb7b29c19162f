package io.prism.cli;

import static io.prism.cli.Output.cells;

import io.prism.config.v1.ClientConfig;
import io.prism.config.v1.VectorConfig;
import io.prism.vector.v1.DeleteVectorRequest;
import io.prism.vector.v1.GetVectorRequest;
import io.prism.vector.v1.GetVectorResponse;
import io.prism.vector.v1.IndexVectorRequest;
import io.prism.vector.v1.SearchRequest;
import io.prism.vector.v1.VectorServiceGrpc;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;

@Command(name = "vector", description = "Nearest neighbours, on Redis 8.")
final class VectorCommands {

  private final PrismCli prism;

  @Option(
      names = "--index",
      paramLabel = "NAME",
      scope = ScopeType.INHERIT,
      defaultValue = "default",
      description = "the index: ${DEFAULT-VALUE}")
  private String index = "";

  VectorCommands(PrismCli prism) {
    this.prism = prism;
  }

  private ClientConfig.Builder settings(ClientConfig.Builder config) {
    return config.setVector(VectorConfig.newBuilder().setIndex(index));
  }

  private static List<Float> numbers(String text) {
    try {
      return Arrays.stream(text.split(",")).map(String::strip).map(Float::valueOf).toList();
    } catch (NumberFormatException e) {
      throw new UsageException("vector '" + text + "': expected numbers with commas between them");
    }
  }

  @Command(description = "Stores a vector, or replaces it.")
  int index(
      @Parameters(paramLabel = "ID") String id,
      @Parameters(paramLabel = "NUMBERS", description = "0.1,0.2,…") String vector,
      @Option(names = "--metadata", paramLabel = "NAME=VALUE")
          @Nullable Map<String, String> metadata)
      throws Exception {
    IndexVectorRequest.Builder request =
        IndexVectorRequest.newBuilder().setId(id).addAllVector(numbers(vector));
    if (metadata != null) {
      request.putAllMetadata(metadata);
    }
    return prism.say(
        this::settings,
        channel -> VectorServiceGrpc.newBlockingStub(channel).indexVector(request.build()),
        answer -> answer.getCreated() ? "created" : "replaced");
  }

  @Command(description = "Finds the most similar vectors.")
  int search(
      @Parameters(paramLabel = "NUMBERS", description = "0.1,0.2,…") String vector,
      @Option(
              names = "--top",
              paramLabel = "N",
              defaultValue = "10",
              description = "how many: ${DEFAULT-VALUE}")
          int top,
      @Option(
              names = "--min-score",
              paramLabel = "S",
              description = "only those as similar, 0 to 1")
          Optional<Float> minScore,
      @Option(names = "--where", paramLabel = "NAME=VALUE", description = "metadata that they have")
          @Nullable Map<String, String> filters)
      throws Exception {
    SearchRequest.Builder request =
        SearchRequest.newBuilder().addAllQueryVector(numbers(vector)).setTopK(top);
    minScore.ifPresent(request::setMinScore);
    if (filters != null) {
      request.putAllFilters(filters);
    }
    return prism.table(
        this::settings,
        channel ->
            VectorServiceGrpc.newBlockingStub(channel)
                .searchSimilar(request.build())
                .getResultsList(),
        List.of("ID", "SCORE", "METADATA"),
        found -> cells(found.getId(), found.getScore(), found.getMetadataMap()));
  }

  @Command(description = "Shows a vector.")
  int get(@Parameters(paramLabel = "ID") String id) throws Exception {
    return prism.run(
        this::settings,
        channel -> {
          GetVectorResponse answer =
              VectorServiceGrpc.newBlockingStub(channel)
                  .getVector(
                      GetVectorRequest.newBuilder().setId(id).setIncludeVector(true).build());
          if (!answer.getFound()) {
            throw NotFound.of("vector '" + id + "'");
          }
          prism.output().say(answer, found -> found.getVectorList() + " " + found.getMetadataMap());
          return 0;
        });
  }

  @Command(description = "Deletes a vector.")
  int delete(@Parameters(paramLabel = "ID") String id) throws Exception {
    return prism.say(
        this::settings,
        channel ->
            VectorServiceGrpc.newBlockingStub(channel)
                .deleteVector(DeleteVectorRequest.newBuilder().setId(id).build()),
        answer -> answer.getDeleted() ? "deleted" : "was not there");
  }
}
