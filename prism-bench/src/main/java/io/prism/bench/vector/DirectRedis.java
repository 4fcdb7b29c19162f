package io.prism.bench.vector;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.BooleanOutput;
import io.lettuce.core.output.ValueListOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.prism.bench.client.PrismClient;
import io.prism.bench.load.Attempt;
import io.prism.bench.load.WorkNotDone;
import io.prism.bench.scenario.Bench;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** A vector set in the Redis that vector-svc has too, by one connection of Lettuce. */
final class DirectRedis implements DirectVectors {
  private final RedisAsyncCommands<byte[], byte[]> redis;
  private final String index;
  private byte[] key;

  private DirectRedis(RedisAsyncCommands<byte[], byte[]> redis, String index) {
    this.redis = redis;
    this.index = index;
    this.key = utf8("direct:" + index);
  }

  static DirectRedis open(Bench bench, String index) throws InterruptedException {
    RedisClient client = RedisClient.create(bench.deployment().vectorSetsUrl());
    var _ = bench.closeLater((AutoCloseable) client::shutdown);
    return new DirectRedis(client.connect(ByteArrayCodec.INSTANCE).async(), index);
  }

  /** With what Prism has stored for its side: storing it twice would take as long again. */
  @Override
  public void fill(VectorSet set, int count) {
    key = utf8("{" + PrismClient.NAMESPACE + "}:vs:" + index);
    long stored = redis.vcard(key).toCompletableFuture().join();
    if (stored != count) {
      throw new WorkNotDone(stored + " vectors in Prism's set, expected " + count);
    }
  }

  private CompletionStage<Boolean> add(String id, float[] vector) {
    return redis.dispatch(
        CommandType.VADD,
        new BooleanOutput<>(ByteArrayCodec.INSTANCE),
        arguments(vector)
            .add(utf8(id))
            .add("NOQUANT")
            .add("EF")
            .add(CONSTRUCTION)
            .add("M")
            .add(LINKS));
  }

  private CommandArgs<byte[], byte[]> arguments(float[] vector) {
    ByteBuffer bytes =
        ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(vector);
    return new CommandArgs<>(ByteArrayCodec.INSTANCE).addKey(key).add("FP32").add(bytes.array());
  }

  private CompletionStage<List<byte[]>> similar(float[] query) {
    return redis.dispatch(
        CommandType.VSIM,
        new ValueListOutput<>(ByteArrayCodec.INSTANCE),
        arguments(query).add("COUNT").add(TOP_K).add("EF").add(SEARCH));
  }

  @Override
  public List<String> search(float[] query) {
    return similar(query).toCompletableFuture().join().stream()
        .map(id -> new String(id, StandardCharsets.UTF_8))
        .toList();
  }

  @Override
  public void search(Attempt attempt, float[] query) {
    end(attempt, similar(query).thenApply(ids -> ids.isEmpty() ? "nothing found" : ""));
  }

  @Override
  public void add(Attempt attempt, String id, float[] vector) {
    end(attempt, add(id, vector).thenApply(added -> added ? "" : "replaced, expected: new"));
  }

  private static void end(Attempt attempt, CompletionStage<String> fault) {
    var _ =
        fault.whenComplete(
            (text, failure) -> {
              if (failure != null) {
                attempt.failed(failure);
              } else if (text.isEmpty()) {
                attempt.succeeded();
              } else {
                attempt.failed(new WorkNotDone(text));
              }
            });
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
