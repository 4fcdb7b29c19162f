package io.prism.cli;

import io.prism.cache.v1.CacheServiceGrpc;
import io.prism.cache.v1.DeleteRequest;
import io.prism.cache.v1.GetRequest;
import io.prism.cache.v1.GetResponse;
import io.prism.cache.v1.IncrementRequest;
import io.prism.cache.v1.SetExRequest;
import io.prism.cache.v1.SetRequest;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "cache", description = "Values that expire, on Redis.")
final class CacheCommands {

  private final PrismCli prism;

  CacheCommands(PrismCli prism) {
    this.prism = prism;
  }

  @Command(description = "Prints a value.")
  int get(@Parameters(paramLabel = "KEY") String key) throws Exception {
    return prism.run(
        channel -> {
          GetResponse answer =
              CacheServiceGrpc.newBlockingStub(channel)
                  .get(GetRequest.newBuilder().setKey(key).build());
          if (!answer.getFound()) {
            throw NotFound.of("key '" + key + "'");
          }
          prism.output().say(answer, found -> Output.text(found.getValue()));
          return 0;
        });
  }

  @Command(description = "Stores a value.")
  int set(
      @Parameters(paramLabel = "KEY") String key,
      @Parameters(paramLabel = "VALUE", description = "- reads standard input") String value,
      @Option(
              names = "--ttl",
              paramLabel = "TIME",
              description = "time to live; else the configuration's")
          Optional<Duration> ttl)
      throws Exception {
    return prism.run(
        channel -> {
          CacheServiceGrpc.CacheServiceBlockingStub cache =
              CacheServiceGrpc.newBlockingStub(channel);
          if (ttl.isPresent()) {
            prism
                .output()
                .say(
                    cache.setEx(
                        SetExRequest.newBuilder()
                            .setKey(key)
                            .setValue(Input.bytes(prism, value))
                            .setTtl(Times.proto(ttl.get()))
                            .build()),
                    stored -> "stored until " + Times.text(stored.getExpiresAt()));
          } else {
            prism
                .output()
                .say(
                    cache.set(
                        SetRequest.newBuilder()
                            .setKey(key)
                            .setValue(Input.bytes(prism, value))
                            .build()),
                    stored -> "stored");
          }
          return 0;
        });
  }

  @Command(description = "Deletes a value.")
  int delete(@Parameters(paramLabel = "KEY") String key) throws Exception {
    return prism.say(
        channel ->
            CacheServiceGrpc.newBlockingStub(channel)
                .delete(DeleteRequest.newBuilder().setKey(key).build()),
        answer -> answer.getDeleted() ? "deleted" : "was not there");
  }

  @Command(description = "Adds to a counter and prints it.")
  int increment(
      @Parameters(paramLabel = "KEY") String key,
      @Option(
              names = "--by",
              paramLabel = "N",
              defaultValue = "1",
              description = "${DEFAULT-VALUE}; may be negative")
          long delta)
      throws Exception {
    return prism.say(
        channel ->
            CacheServiceGrpc.newBlockingStub(channel)
                .increment(IncrementRequest.newBuilder().setKey(key).setDelta(delta).build()),
        answer -> Long.toString(answer.getValue()));
  }
}
