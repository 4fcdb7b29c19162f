package io.prism.cache.redis;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.SetArgs;
import io.prism.cache.domain.AnswerRoom;
import io.prism.cache.domain.Cache;
import io.prism.cache.domain.CacheKey;
import io.prism.cache.domain.CacheSettings;
import io.prism.cache.domain.Condition;
import io.prism.cache.domain.Counter;
import io.prism.cache.domain.Entry;
import io.prism.redis.EntryKey;
import io.prism.redis.RedisFailures;
import io.prism.redis.RedisLink;
import io.prism.redis.RedisValues;
import io.prism.redis.Script;
import io.prism.starter.error.PrismException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** CACHE_ONLY: Redis alone. Values are Redis strings, just as the client sent them. */
public final class MemoryCache implements Cache {

  private static final Script INCREMENT =
      Script.of(MemoryCache.class, "increment.lua", ScriptOutputType.VALUE);
  private static final byte[] NONE = {};

  private final RedisLink redis;
  private final RedisValues values;

  public MemoryCache(RedisLink redis, RedisValues values) {
    this.redis = redis;
    this.values = values;
  }

  @Override
  public CompletableFuture<Optional<Entry>> get(CacheKey key, CacheSettings settings) {
    return values
        .get(nameOf(key))
        .thenApply(
            found -> found.map(stored -> new Entry(stored.bytes(), stored.remaining(), false)));
  }

  @Override
  public CompletableFuture<List<Optional<Entry>>> getAll(
      List<CacheKey> keys, CacheSettings settings, AnswerRoom.Share room) {
    List<CacheKey> wanted = keys.stream().distinct().toList();
    byte[][] names = wanted.stream().map(MemoryCache::nameOf).toArray(byte[][]::new);
    return values
        .getAll(names, new ShareAllowance(room))
        .thenApply(
            found -> {
              Map<CacheKey, byte[]> byKey = HashMap.newHashMap(found.size());
              for (int i = 0; i < found.size(); i++) {
                byte[] value = found.get(i);
                if (value != null) {
                  byKey.put(wanted.get(i), value);
                }
              }
              List<Optional<Entry>> entries = new ArrayList<>(keys.size());
              // A key that comes twice was read once and is sent twice.
              long bytes = 0;
              for (CacheKey key : keys) {
                byte[] value = byKey.get(key);
                bytes += value == null ? 0 : value.length;
                entries.add(Optional.ofNullable(value).map(some -> new Entry(some, null, false)));
              }
              room.require(bytes);
              return entries;
            });
  }

  @Override
  public CompletableFuture<Boolean> exists(CacheKey key, CacheSettings settings) {
    byte[] name = nameOf(key);
    return redis.call("exists", commands -> commands.exists(name).thenApply(count -> count > 0));
  }

  @Override
  public CompletableFuture<Boolean> set(
      CacheKey key,
      byte[] value,
      @Nullable Duration ttl,
      Condition condition,
      CacheSettings settings) {
    byte[] name = nameOf(key);
    SetArgs arguments = new SetArgs();
    if (ttl != null) {
      arguments.px(ttl.toMillis());
    }
    switch (condition) {
      case ALWAYS -> {}
      case IF_ABSENT -> arguments.nx();
      case IF_PRESENT -> arguments.xx();
    }
    // Redis says nothing where a condition does not hold.
    return values.changing(
        redis.call("set", commands -> commands.set(name, value, arguments).thenApply("OK"::equals)),
        name);
  }

  @Override
  public CompletableFuture<Boolean> delete(CacheKey key, CacheSettings settings) {
    byte[] name = nameOf(key);
    return values.changing(
        redis.call("delete", commands -> commands.unlink(name).thenApply(count -> count > 0)),
        name);
  }

  @Override
  public CompletableFuture<Long> increment(
      CacheKey key, long delta, long initial, @Nullable Duration ttl, CacheSettings settings) {
    byte[][] names = {nameOf(key)};
    byte[] first = first(initial, delta);
    byte[] millis = Script.number(ttl == null ? 0 : ttl.toMillis());
    return values
        .changing(
            redis.call(
                "increment",
                commands ->
                    INCREMENT.<byte[]>run(commands, names, Script.number(delta), first, millis)),
            names)
        .handle(
            (sum, failure) -> {
              if (failure == null) {
                return Long.parseLong(new String(sum, StandardCharsets.ISO_8859_1));
              }
              throw translated(RedisFailures.unwrapped(failure));
            });
  }

  private static byte[] first(long initial, long delta) {
    try {
      return Counter.bytes(Math.addExact(initial, delta));
    } catch (ArithmeticException e) {
      return NONE;
    }
  }

  private static RuntimeException translated(Throwable failure) {
    return switch (failure) {
      case PrismException known -> known;
      case RedisCommandExecutionException answer -> refused(answer);
      case RuntimeException other -> other;
      default -> new IllegalStateException(failure);
    };
  }

  private static RuntimeException refused(RedisCommandExecutionException answer) {
    String message = String.valueOf(answer.getMessage());
    if (message.contains("not an integer")) {
      return Counter.notAnInteger();
    }
    return message.contains("would overflow") ? Counter.overflow() : answer;
  }

  private static byte[] nameOf(CacheKey key) {
    return new EntryKey(key.namespace(), EntryKey.Space.MEMORY, key.name()).valueKey();
  }
}
