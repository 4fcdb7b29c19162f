package io.prism.redis;

import io.lettuce.core.ScriptOutputType;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The protocol of entries in Redis; each method is one step that Redis takes in one go.
 *
 * <p>An entry has up to four keys: its value, raw but for the tag of its variant; an absence, which
 * says that the source has nothing; a lease, the token of the one who loads it; a fence, the
 * writers that are under way. An entry that has a value is valid. Without one, a lease must be had
 * to store one, and whoever writes to the source takes the lease away. Variants of an entry share
 * its keys: one has a value or an absence at a time, and a writer or a removal of one is of all.
 */
final class Entries {

  private static final Script LOOKUP = script("lookup.lua", ScriptOutputType.MULTI);
  private static final Script LEASE = script("lease.lua", ScriptOutputType.INTEGER);
  private static final Script FILL = script("fill.lua", ScriptOutputType.INTEGER);
  private static final Script RELEASE = script("release.lua", ScriptOutputType.INTEGER);
  private static final Script INVALIDATE = script("invalidate.lua", ScriptOutputType.INTEGER);
  private static final Script FENCE = script("fence.lua", ScriptOutputType.INTEGER);
  private static final Script UNFENCE = script("unfence.lua", ScriptOutputType.INTEGER);

  private static final byte[] YES = {'1'};
  private static final byte[] NO = {'0'};

  private final RedisLink redis;
  private final RedisValues values;

  Entries(RedisLink redis, RedisValues values) {
    this.redis = redis;
    this.values = values;
  }

  private static Script script(String resource, ScriptOutputType output) {
    return Script.of(Entries.class, resource, output);
  }

  /** What a look-up comes to. */
  sealed interface Lookup {
    /** There is a value. */
    record Present(Found found) implements Lookup {}

    /** It is known that the source has nothing. */
    record Absent() implements Lookup {}

    /** A writer is under way: read the source and store nothing. */
    record Fenced() implements Lookup {}

    /** The caller's token holds the lease now. */
    record Leased() implements Lookup {}

    /** Somebody else loads it. */
    record Busy() implements Lookup {}
  }

  /** An entry's value, if it has one. The way of every hit, so no script. */
  CompletableFuture<Optional<Found>> get(EntryKey key) {
    return values
        .get(key.valueKey())
        .thenApply(
            stored -> {
              byte[] own = stored.isEmpty() ? null : valueOf(key, stored.get().bytes());
              return own == null
                  ? Optional.empty()
                  : Optional.of(new Found(own, stored.get().remaining(), false));
            });
  }

  /** A value without its tag; null where it is of another variant, or none. */
  private static byte @Nullable [] valueOf(EntryKey key, byte @Nullable [] stored) {
    if (stored == null || key.variant().isEmpty()) {
      return stored;
    }
    byte[] tag = key.tag();
    return stored.length >= tag.length && Arrays.equals(stored, 0, tag.length, tag, 0, tag.length)
        ? Arrays.copyOfRange(stored, tag.length, stored.length)
        : null;
  }

  /** What is stored of a value, or of an absence where there is none. */
  private static byte[] stored(EntryKey key, byte @Nullable [] value) {
    byte[] tag = key.tag();
    if (value == null || tag.length == 0) {
      return value == null ? tag : value;
    }
    byte[] bytes = Arrays.copyOf(tag, tag.length + value.length);
    System.arraycopy(value, 0, bytes, tag.length, value.length);
    return bytes;
  }

  /**
   * The values of entries of one namespace, in their order; null for one that has none.
   *
   * @param allowance for all of them
   */
  CompletableFuture<List<byte @Nullable []>> getAll(List<EntryKey> keys, Allowance allowance) {
    byte[][] names = keys.stream().map(EntryKey::valueKey).toArray(byte[][]::new);
    return values
        .getAll(names, allowance)
        .thenApply(
            found -> {
              for (int i = 0; i < found.size(); i++) {
                found.set(i, valueOf(keys.get(i), found.get(i)));
              }
              return found;
            });
  }

  /** Looks an entry up, leasing it if nobody has or loads it. */
  CompletableFuture<Lookup> lookUp(EntryKey key, byte[] token, Duration lease) {
    return lookUp(List.of(key), token, lease, YES).thenApply(List::getFirst);
  }

  /**
   * Leases entries of one namespace and variant that nobody has or loads. Values that there are by
   * now are not read: to the caller they are {@link Lookup.Busy}.
   */
  CompletableFuture<List<Lookup>> lease(List<EntryKey> keys, byte[] token, Duration lease) {
    return lookUp(keys, token, lease, NO);
  }

  private CompletableFuture<List<Lookup>> lookUp(
      List<EntryKey> keys, byte[] token, Duration lease, byte[] withValues) {
    byte[][] names = names(keys);
    byte[] tag = keys.getFirst().tag();
    byte[] millis = Script.number(lease.toMillis());
    return redis.callForAll(
        "lookup",
        commands ->
            LOOKUP
                .<List<Object>>run(commands, names, token, millis, tag, withValues)
                .thenApply(
                    found -> found.stream().map(answer -> lookup(answer, tag.length)).toList()));
  }

  private static Lookup lookup(Object answer, int tagLength) {
    List<?> parts = (List<?>) answer;
    long state = (Long) parts.getFirst();
    return switch ((int) state) {
      case 1 -> {
        byte[] stored = (byte[]) parts.get(1);
        byte[] value =
            tagLength == 0 ? stored : Arrays.copyOfRange(stored, tagLength, stored.length);
        yield new Lookup.Present(found(value, (Long) parts.get(2)));
      }
      case 2 -> new Lookup.Absent();
      case 3 -> new Lookup.Fenced();
      case 4 -> new Lookup.Leased();
      default -> new Lookup.Busy();
    };
  }

  private static Found found(byte[] value, long remainingMillis) {
    // -1: no expiry; -2: it has expired since it was read.
    Duration remaining =
        remainingMillis == -1 ? null : Duration.ofMillis(Math.max(remainingMillis, 0));
    return new Found(value, remaining, false);
  }

  /** Leases an entry that has a value. */
  CompletableFuture<Boolean> lease(EntryKey key, byte[] token, Duration lease) {
    byte[][] names = {key.leaseKey(), key.fenceKey()};
    return redis.callForAll(
        "lease",
        commands ->
            LEASE
                .<Long>run(commands, names, token, Script.number(lease.toMillis()))
                .thenApply(taken -> taken == 1));
  }

  /**
   * Stores what was loaded under a lease; false if the lease was lost.
   *
   * @param value null: there is nothing
   * @param ttl null: for ever; of an absence zero: not at all
   * @param quiet for which nobody else is to load it
   */
  CompletableFuture<Boolean> fill(
      EntryKey key, byte[] token, byte @Nullable [] value, @Nullable Duration ttl, Duration quiet) {
    byte[][] names = {key.valueKey(), key.absenceKey(), key.leaseKey()};
    byte[] bytes = stored(key, value);
    return redis.callForAll(
        "fill",
        commands ->
            FILL.<Long>run(
                    commands,
                    names,
                    token,
                    value == null ? NO : YES,
                    millis(ttl),
                    Script.number(quiet.toMillis()),
                    bytes)
                .thenApply(stored -> stored == 1));
  }

  /** Gives a lease back without a value. */
  CompletableFuture<Long> release(EntryKey key, byte[] token) {
    byte[][] names = {key.leaseKey()};
    return redis.callForAll("release", commands -> RELEASE.<Long>run(commands, names, token));
  }

  /** Removes entries of one namespace, and all leases on them. */
  CompletableFuture<Long> invalidate(List<EntryKey> keys) {
    byte[][] names = names(keys);
    return values.changing(
        redis.callForAll("invalidate", commands -> INVALIDATE.<Long>run(commands, names)),
        keys.stream().map(EntryKey::valueKey).toArray(byte[][]::new));
  }

  /** A writer begins, for at most {@code limit}. */
  CompletableFuture<Long> fence(EntryKey key, byte[] token, Duration limit) {
    byte[][] names = names(List.of(key));
    return values.changing(
        redis.callForAll(
            "fence",
            commands -> FENCE.<Long>run(commands, names, token, Script.number(limit.toMillis()))),
        key.valueKey());
  }

  /** A writer ends; false if its value was not stored. */
  CompletableFuture<Boolean> unfence(
      EntryKey key, byte[] token, byte @Nullable [] value, @Nullable Duration ttl) {
    byte[][] names = names(List.of(key));
    byte[] bytes = stored(key, value);
    return values.changing(
        redis.callForAll(
            "unfence",
            commands ->
                UNFENCE
                    .<Long>run(commands, names, token, value == null ? NO : YES, millis(ttl), bytes)
                    .thenApply(stored -> stored == 1)),
        key.valueKey());
  }

  /** Removes all copies of a namespace; for when nobody knows any more which ones are wrong. */
  CompletableFuture<Void> removeAll(String namespace, EntryKey.Space space) {
    return new NamespaceSweep(redis, EntryKey.pattern(namespace, space)).run();
  }

  private static byte[] millis(@Nullable Duration ttl) {
    return ttl == null ? NO : Script.number(ttl.toMillis());
  }

  private static byte[][] names(List<EntryKey> keys) {
    byte[][] names = new byte[keys.size() * 4][];
    int i = 0;
    for (EntryKey key : keys) {
      names[i++] = key.valueKey();
      names[i++] = key.absenceKey();
      names[i++] = key.leaseKey();
      names[i++] = key.fenceKey();
    }
    return names;
  }

  /** A token that nobody else has. */
  static byte[] token() {
    return UUID.randomUUID().toString().getBytes(StandardCharsets.ISO_8859_1);
  }
}
