package io.prism.redis;

import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Reads values of Redis by their keys, one or several of a namespace. */
public final class RedisValues {

  private static final Script GET_MULTI =
      Script.of(RedisValues.class, "get_multi.lua", ScriptOutputType.MULTI);

  /** Beyond, a script's numbers are no integers. */
  private static final long MOST = 1L << 52;

  private static final long LARGE = 4L << 20;
  private static final int FORGETTING = 8;

  private final RedisLink redis;
  private final @Nullable NearCache near;

  /** Bytes that few values have more of, by those that were read lately. */
  private volatile long usual = LARGE;

  /**
   * @param near where values are kept that were read alone; null: nowhere
   */
  RedisValues(RedisLink redis, @Nullable NearCache near) {
    this.redis = redis;
    this.near = near;
  }

  /**
   * What a key has.
   *
   * @param bytes of the value, which nobody changes any more
   * @param remaining until it expires; null: never
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  public record Stored(byte[] bytes, @Nullable Duration remaining) {}

  /** The value of a key; fails as {@link RedisLink#call} does. */
  public CompletableFuture<Optional<Stored>> get(byte[] key) {
    if (near != null) {
      Stored kept = near.get(key);
      if (kept != null) {
        return CompletableFuture.completedFuture(Optional.of(kept));
      }
    }
    return redis.send("get", connection -> ValueRead.of(connection, key, near));
  }

  /**
   * A change of keys by this instance, whose next read is to see it: what it is told of changes by
   * others, and of its own, may come after the answer.
   *
   * @param change that is under way
   * @return when it is over
   */
  public <T> CompletableFuture<T> changing(CompletableFuture<T> change, byte[]... keys) {
    if (near == null) {
      return change;
    }
    return change.whenComplete(
        (answer, failure) -> {
          for (byte[] key : keys) {
            near.changed(ByteBuffer.wrap(key));
          }
        });
  }

  /**
   * The values of keys of one namespace, in their order; null for one that has none. No more bytes
   * of them are kept than are allowed, and mostly no more are read.
   *
   * @param keys each once
   * @param allowance for all of them
   */
  public CompletableFuture<List<byte @Nullable []>> getAll(byte[][] keys, Allowance allowance) {
    return getAll(keys, new ArrayList<>(keys.length), 0, allowance);
  }

  private CompletableFuture<List<byte @Nullable []>> getAll(
      byte[][] keys, List<byte @Nullable []> found, long size, Allowance allowance) {
    byte[][] rest = found.isEmpty() ? keys : Arrays.copyOfRange(keys, found.size(), keys.length);
    long left = Math.min(allowance.granted() - size, MOST);
    return (usual * rest.length <= left ? together(rest, left) : oneByOne(rest, left))
        .thenCompose(
            values -> {
              found.addAll(values);
              learn(values, rest.length);
              if (found.size() == keys.length) {
                return CompletableFuture.completedFuture(found);
              }
              if (!allowance.extend()) {
                throw allowance.exceeded();
              }
              return getAll(keys, found, size + sizeOf(values), allowance);
            });
  }

  /**
   * In one command, which reads them all. Only as long as they will fit by what values are like:
   * what does not fit is dropped here, but Redis has sent it.
   */
  private CompletableFuture<List<byte @Nullable []>> together(byte[][] keys, long maxBytes) {
    return redis.call(
        "get_multi",
        commands ->
            commands.dispatch(
                CommandType.MGET,
                new FittingValues(maxBytes),
                new CommandArgs<>(ByteArrayCodec.INSTANCE).addKeys(keys)));
  }

  /** By a script that ends where they do not fit; several times the work for Redis. */
  private CompletableFuture<List<byte @Nullable []>> oneByOne(byte[][] keys, long maxBytes) {
    return redis.call(
        "get_multi",
        commands ->
            GET_MULTI.<List<byte @Nullable []>>run(commands, keys, Script.number(maxBytes)));
  }

  /** The largest value counts, for some reads; one that did not fit may be as large as any. */
  private void learn(List<byte @Nullable []> values, int asked) {
    long largest = values.size() < asked ? LARGE : 0;
    for (byte[] value : values) {
      largest = Math.max(largest, value == null ? 0 : value.length);
    }
    long before = usual;
    usual = Math.max(largest, before - before / FORGETTING);
  }

  private static long sizeOf(List<byte @Nullable []> values) {
    long size = 0;
    for (byte[] value : values) {
      size += value == null ? 0 : value.length;
    }
    return size;
  }
}
