package io.prism.vector.redis;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.ArrayOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.prism.redis.RedisFailures;
import io.prism.redis.Script;
import io.prism.vector.domain.IndexSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The commands of vector sets, with vectors as bytes; Lettuce's own have them as text. */
final class VectorCommands {

  /** Vectors that are looked at for each candidate that matches, before a scan is better. */
  private static final int FILTER_EFFORT = 5;

  private static final Script ADD =
      Script.of(VectorCommands.class, "add.lua", ScriptOutputType.INTEGER);

  private VectorCommands() {}

  /** An id and what Redis takes for its score. */
  record Hit(String id, double score) {}

  /** A direction as Redis keeps it, and the length that the vector had. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  record Embedding(float[] direction, double length) {}

  /** 1: added, 0: replaced, -1: the index is not of this shape any more. */
  static CompletionStage<Long> add(
      RedisClusterAsyncCommands<byte[], byte[]> redis,
      IndexSpec index,
      ShapeText shape,
      float[] vector,
      String id,
      String attributes) {
    IndexKeys keys = IndexKeys.of(index);
    return ADD.run(
        redis,
        new byte[][] {keys.shapeKey(), keys.vectorsKey()},
        shape.text(),
        bytes(vector),
        utf8(id),
        utf8(attributes),
        utf8(shape.quantization().word()),
        Script.number(index.efConstruction()),
        Script.number(shape.shape().links()));
  }

  /** The most similar vectors by the graph, which may miss some, and does where few match. */
  static CompletionStage<List<Hit>> similar(
      RedisClusterAsyncCommands<byte[], byte[]> redis,
      byte[] key,
      float[] vector,
      int count,
      int efSearch,
      String filter) {
    int candidates = Math.max(efSearch, count);
    CommandArgs<byte[], byte[]> args =
        similarity(key, vector, count, filter).add("EF").add(candidates);
    if (!filter.isEmpty()) {
      args.add("FILTER-EF").add((long) candidates * FILTER_EFFORT);
    }
    return similar(redis, args);
  }

  /** The most similar vectors by looking at each. */
  static CompletionStage<List<Hit>> scan(
      RedisClusterAsyncCommands<byte[], byte[]> redis,
      byte[] key,
      float[] vector,
      int count,
      String filter) {
    return similar(redis, similarity(key, vector, count, filter).add("TRUTH"));
  }

  private static CommandArgs<byte[], byte[]> similarity(
      byte[] key, float[] vector, int count, String filter) {
    CommandArgs<byte[], byte[]> args =
        new CommandArgs<>(ByteArrayCodec.INSTANCE)
            .addKey(key)
            .add("FP32")
            .add(bytes(vector))
            .add("WITHSCORES")
            .add("COUNT")
            .add(count);
    return filter.isEmpty() ? args : args.add("FILTER").add(filter);
  }

  private static CompletionStage<List<Hit>> similar(
      RedisClusterAsyncCommands<byte[], byte[]> redis, CommandArgs<byte[], byte[]> args) {
    return redis
        .dispatch(CommandType.VSIM, new ArrayOutput<>(ByteArrayCodec.INSTANCE), args)
        .thenApply(VectorCommands::hits);
  }

  /** Whether Redis has refused a vector since those of the index have other dimensions. */
  static boolean isOtherDimensions(Throwable failure) {
    return RedisFailures.unwrapped(failure) instanceof RedisCommandExecutionException refusal
        && String.valueOf(refusal.getMessage()).contains("Vector dimension mismatch");
  }

  private static List<Hit> hits(@Nullable List<Object> reply) {
    if (reply == null) {
      return List.of();
    }
    List<Hit> hits = new ArrayList<>(reply.size() / 2);
    for (int i = 0; i + 1 < reply.size(); i += 2) {
      hits.add(new Hit(text(reply.get(i)), number(reply.get(i + 1))));
    }
    return hits;
  }

  /** Null: there is no such vector. */
  static CompletionStage<@Nullable Embedding> embedding(
      RedisClusterAsyncCommands<byte[], byte[]> redis, byte[] key, String id) {
    return redis
        .dispatch(
            CommandType.VEMB,
            new ArrayOutput<>(ByteArrayCodec.INSTANCE),
            new CommandArgs<>(ByteArrayCodec.INSTANCE).addKey(key).add(utf8(id)).add("RAW"))
        .thenApply(VectorCommands::embedding);
  }

  private static @Nullable Embedding embedding(@Nullable List<Object> reply) {
    if (reply == null || reply.size() < 3) {
      return null;
    }
    byte[] values = (byte[]) reply.get(1);
    double length = number(reply.get(2));
    return switch (text(reply.get(0))) {
      case "f32" -> new Embedding(floats(values), length);
      case "int8" -> new Embedding(bytesOf(values, number(reply.get(3))), length);
      default -> new Embedding(bitsOf(values), length);
    };
  }

  private static float[] floats(byte[] values) {
    float[] floats = new float[values.length / Float.BYTES];
    ByteBuffer.wrap(values).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(floats);
    return floats;
  }

  private static float[] bytesOf(byte[] values, double range) {
    float[] floats = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      floats[i] = (float) (values[i] * range / Byte.MAX_VALUE);
    }
    return floats;
  }

  private static float[] bitsOf(byte[] values) {
    float[] floats = new float[values.length * Byte.SIZE];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (values[i / Byte.SIZE] >> (i % Byte.SIZE) & 1) == 1 ? 1 : -1;
    }
    return floats;
  }

  private static byte[] bytes(float[] vector) {
    ByteBuffer bytes =
        ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(vector);
    return bytes.array();
  }

  private static double number(Object reply) {
    return reply instanceof Number number ? number.doubleValue() : Double.parseDouble(text(reply));
  }

  private static String text(Object reply) {
    return new String((byte[]) reply, StandardCharsets.UTF_8);
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
