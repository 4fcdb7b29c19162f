package io.prism.redis;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.prism.redis.Entries.Lookup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads copies, and loads from the source what has none.
 *
 * <p>One load per key at a time: in this instance whoever comes joins it, and among instances the
 * one with the lease loads while the others wait for its copy. What was loaded is stored only if
 * the lease is still there, so a value that was read before a write never gets into Redis after it.
 * Nor is it given to a call that began after the write.
 *
 * <p>While Redis is out of reach, everything is loaded from the source and nothing is stored. Loads
 * are for several calls, so they see no call's deadline; the source bounds their number and time.
 */
public final class ReadThrough implements AutoCloseable {

  private static final long FIRST_POLL_MILLIS = 2;
  private static final long LONGEST_POLL_MILLIS = 50;
  private static final double JITTER = 0.1;
  private static final Duration MOMENT = Duration.ofMillis(1);
  private static final int AT_A_TIME = 16;

  private final Entries entries;
  private final Invalidations invalidations;
  private final LeaseTimes times;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("prism-redis-timer").daemon().factory());
  private final ConcurrentMap<EntryKey, Flight> flights = new ConcurrentHashMap<>();
  private final Set<EntryKey> refreshing = ConcurrentHashMap.newKeySet();
  private final Counter hits;
  private final Counter loads;
  private final Counter bypassed;

  /**
   * @param lease how long a load may take before somebody else begins one
   * @param maxWait how long others wait for a load before they load by themselves
   * @param quiet between two loads that renew a copy which is about to end
   */
  record LeaseTimes(Duration lease, Duration maxWait, Duration quiet) {}

  ReadThrough(
      Entries entries, Invalidations invalidations, LeaseTimes times, MeterRegistry meters) {
    this.entries = entries;
    this.invalidations = invalidations;
    this.times = times;
    hits = meters.counter("prism.redis.reads", "from", "copy");
    loads = meters.counter("prism.redis.reads", "from", "source");
    bypassed = meters.counter("prism.redis.reads", "from", "source_without_redis");
  }

  /** A load in this instance, and when it began. */
  private static final class Flight {
    private final long began = System.nanoTime();
    private final CompletableFuture<Landing> result = new CompletableFuture<>();

    /** Whether it holds for a call that arrived then, even if that was after the flight began. */
    boolean suits(long arrival, Landing landing) {
      return landing.current || began - arrival >= 0;
    }
  }

  /**
   * What a load came to.
   *
   * @param current whether no write can have come between its beginning and its end
   */
  private record Landing(Optional<Found> found, boolean current) {}

  /**
   * The value of an entry, from its copy or from the source.
   *
   * @param source loads it; not called when there is a copy. May be called on an event loop and
   *     must not block it
   * @return fails as the source does
   */
  public CompletableFuture<Optional<Found>> get(
      EntryKey key, Freshness freshness, Supplier<CompletableFuture<Optional<Loaded>>> source) {
    long arrival = System.nanoTime();
    if (invalidations.isOwing()) {
      return fly(key, freshness, source, arrival);
    }
    return Afterwards.either(
        entries.get(key),
        (found, failure) -> {
          if (failure != null) {
            return RedisFailures.isUnavailable(failure)
                ? fly(key, freshness, source, arrival)
                : CompletableFuture.<Optional<Found>>failedFuture(failure);
          }
          if (found.isEmpty()) {
            return fly(key, freshness, source, arrival);
          }
          hits.increment();
          Found copy = found.get();
          if (isStale(copy, freshness)) {
            refresh(key, freshness, source);
          }
          return CompletableFuture.completedFuture(Optional.of(withoutStaleTime(copy, freshness)));
        });
  }

  private static boolean isStale(Found copy, Freshness freshness) {
    Duration remaining = copy.remaining();
    return !freshness.stale().isZero()
        && remaining != null
        && remaining.compareTo(freshness.stale()) < 0;
  }

  private static Found withoutStaleTime(Found copy, Freshness freshness) {
    Duration remaining = copy.remaining();
    if (remaining == null || freshness.stale().isZero()) {
      return copy;
    }
    Duration fresh = remaining.minus(freshness.stale());
    return new Found(copy.value(), fresh.isNegative() ? Duration.ZERO : fresh, copy.fromSource());
  }

  /** Joins the load under way, or begins one. */
  private CompletableFuture<Optional<Found>> fly(
      EntryKey key,
      Freshness freshness,
      Supplier<CompletableFuture<Optional<Loaded>>> source,
      long arrival) {
    Flight mine = new Flight();
    Flight running = flights.putIfAbsent(key, mine);
    if (running == null) {
      begin(key, mine, freshness, source);
      return mine.result.thenApply(Landing::found);
    }
    return running.result.thenCompose(
        landing ->
            running.suits(arrival, landing)
                ? CompletableFuture.completedFuture(landing.found())
                : fly(key, freshness, source, arrival));
  }

  private void begin(
      EntryKey key,
      Flight flight,
      Freshness freshness,
      Supplier<CompletableFuture<Optional<Loaded>>> source) {
    var _ =
        attempt(
                new Load(key, freshness, source, Entries.token()),
                System.nanoTime() + times.maxWait().toNanos(),
                FIRST_POLL_MILLIS)
            .whenComplete(
                (result, failure) -> {
                  // Gone before it is known, so that whoever is not content with it begins another
                  // one.
                  flights.remove(key, flight);
                  if (failure == null) {
                    flight.result.complete(result);
                  } else {
                    flight.result.completeExceptionally(RedisFailures.unwrapped(failure));
                  }
                });
  }

  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Load(
      EntryKey key,
      Freshness freshness,
      Supplier<CompletableFuture<Optional<Loaded>>> source,
      byte[] token) {

    CompletableFuture<Optional<Loaded>> run() {
      try {
        return source.get();
      } catch (RuntimeException e) {
        return CompletableFuture.failedFuture(e);
      }
    }
  }

  private CompletableFuture<Landing> attempt(Load load, long end, long pollMillis) {
    if (invalidations.isOwing()) {
      return withoutRedis(load);
    }
    return Afterwards.either(
        entries.lookUp(load.key(), load.token(), times.lease()),
        (lookup, failure) -> {
          if (failure != null) {
            return RedisFailures.isUnavailable(failure)
                ? withoutRedis(load)
                : CompletableFuture.<Landing>failedFuture(failure);
          }
          return switch (lookup) {
            case Lookup.Present(Found found) -> {
              hits.increment();
              yield landed(Optional.of(withoutStaleTime(found, load.freshness())));
            }
            case Lookup.Absent _ -> {
              hits.increment();
              yield landed(Optional.empty());
            }
            case Lookup.Fenced _ -> {
              loads.increment();
              yield unstored(load);
            }
            case Lookup.Leased _ -> {
              loads.increment();
              yield stored(load, Duration.ZERO);
            }
            case Lookup.Busy _ -> later(load, end, pollMillis);
          };
        });
  }

  /** From Redis at some moment of the flight, which may be before a write that came meanwhile. */
  private static CompletableFuture<Landing> landed(Optional<Found> found) {
    return CompletableFuture.completedFuture(new Landing(found, false));
  }

  private CompletableFuture<Landing> later(Load load, long end, long pollMillis) {
    if (System.nanoTime() - end >= 0) {
      loads.increment();
      return unstored(load);
    }
    CompletableFuture<Landing> result = new CompletableFuture<>();
    long delay = pollMillis + ThreadLocalRandom.current().nextLong(pollMillis);
    var _ =
        timer.schedule(
            () -> {
              var _ =
                  attempt(load, end, Math.min(pollMillis * 2, LONGEST_POLL_MILLIS))
                      .whenComplete(
                          (landing, failure) -> {
                            if (failure == null) {
                              result.complete(landing);
                            } else {
                              result.completeExceptionally(failure);
                            }
                          });
            },
            delay,
            TimeUnit.MILLISECONDS);
    return result;
  }

  private CompletableFuture<Landing> withoutRedis(Load load) {
    bypassed.increment();
    return unstored(load);
  }

  private static CompletableFuture<Landing> unstored(Load load) {
    return load.run().thenApply(loaded -> new Landing(found(loaded), false));
  }

  private CompletableFuture<Landing> stored(Load load, Duration quiet) {
    return Afterwards.either(
        load.run(),
        (loaded, failure) -> {
          if (failure != null) {
            var _ = entries.release(load.key(), load.token());
            return CompletableFuture.<Landing>failedFuture(failure);
          }
          return store(load, loaded, quiet)
              .handle(
                  (kept, broken) ->
                      new Landing(found(loaded), broken == null && Boolean.TRUE.equals(kept)));
        });
  }

  private CompletableFuture<Boolean> store(Load load, Optional<Loaded> loaded, Duration quiet) {
    Freshness freshness = load.freshness();
    if (loaded.isEmpty()) {
      return entries.fill(load.key(), load.token(), null, freshness.absentTtl(), quiet);
    }
    Loaded value = loaded.get();
    if (value.isOver()) {
      return entries.release(load.key(), load.token()).thenApply(released -> released == 1);
    }
    return entries.fill(
        load.key(), load.token(), value.value(), lifetime(value.remaining(), freshness), quiet);
  }

  private static @Nullable Duration lifetime(@Nullable Duration remaining, Freshness freshness) {
    Duration ttl = freshness.ttl();
    if (ttl == null) {
      return remaining == null ? null : atLeast(remaining);
    }
    double share = 1 - ThreadLocalRandom.current().nextDouble(JITTER);
    Duration copy = Duration.ofMillis((long) (ttl.toMillis() * share)).plus(freshness.stale());
    return atLeast(remaining != null && remaining.compareTo(copy) < 0 ? remaining : copy);
  }

  /** Zero would be for ever. */
  private static Duration atLeast(Duration ttl) {
    return ttl.compareTo(MOMENT) < 0 ? MOMENT : ttl;
  }

  private static Optional<Found> found(Optional<Loaded> loaded) {
    return loaded.map(value -> new Found(value.value(), value.remaining(), true));
  }

  /** Loads a copy anew that is about to end, while it is still served. */
  private void refresh(
      EntryKey key, Freshness freshness, Supplier<CompletableFuture<Optional<Loaded>>> source) {
    if (!refreshing.add(key)) {
      return;
    }
    byte[] token = Entries.token();
    var _ =
        entries
            .lease(key, token, times.lease())
            .thenCompose(
                leased -> {
                  if (!leased) {
                    return CompletableFuture.completedFuture(null);
                  }
                  loads.increment();
                  return stored(new Load(key, freshness, source, token), times.quiet());
                })
            .whenComplete((landing, failure) -> refreshing.remove(key));
  }

  /**
   * The values of several entries of one namespace and variant, each once. What has no copy is
   * loaded together.
   *
   * @param source loads those of some keys that it has
   * @return by key, those that there are
   */
  public CompletableFuture<Map<EntryKey, Found>> getAll(
      Set<EntryKey> keys,
      Freshness freshness,
      Function<Set<EntryKey>, CompletableFuture<Map<EntryKey, Loaded>>> source) {
    return getAll(
        keys,
        freshness,
        Allowance.UNBOUNDED,
        (wanted, maxBytes) ->
            source.apply(wanted).thenApply(values -> new BatchSource.Batch(values, Set.of())));
  }

  /**
   * The same for an answer of a bounded size.
   *
   * @param allowance of the values together; the result fails as it says when that is not enough
   */
  public CompletableFuture<Map<EntryKey, Found>> getAll(
      Set<EntryKey> keys, Freshness freshness, Allowance allowance, BatchSource source) {
    Watched watched = new Watched(allowance);
    Reading reading = new Reading(freshness, watched, source);
    List<EntryKey> listed = List.copyOf(keys);
    if (invalidations.isOwing()) {
      return reading.load(keys, Set.of());
    }
    return Afterwards.either(
        entries.getAll(listed, watched),
        (values, failure) -> {
          if (failure != null) {
            return RedisFailures.isUnavailable(failure) && !watched.refused
                ? reading.load(keys, Set.of())
                : CompletableFuture.<Map<EntryKey, Found>>failedFuture(failure);
          }
          List<EntryKey> missing = new ArrayList<>();
          for (int i = 0; i < values.size(); i++) {
            byte[] value = values.get(i);
            if (value == null) {
              missing.add(listed.get(i));
            } else {
              reading.add(listed.get(i), new Found(value, null, false));
            }
          }
          hits.increment(reading.found.size());
          return missing.isEmpty()
              ? CompletableFuture.completedFuture(reading.found)
              : reading.lookUp(missing);
        });
  }

  /** Tells a read that may not be so large from a Redis that is out of reach. */
  private static final class Watched implements Allowance {

    private final Allowance given;
    private boolean refused;

    Watched(Allowance given) {
      this.given = given;
    }

    @Override
    public long granted() {
      return given.granted();
    }

    @Override
    public boolean extend() {
      try {
        return given.extend();
      } catch (RuntimeException e) {
        refused = true;
        throw e;
      }
    }

    @Override
    public RuntimeException exceeded() {
      refused = true;
      return given.exceeded();
    }
  }

  /** The rest of a read of several entries, step by step. */
  private final class Reading {

    private final Freshness freshness;
    private final Allowance allowance;
    private final BatchSource source;
    private final byte[] token = Entries.token();
    private final Map<EntryKey, Found> found = new HashMap<>();
    private long size;

    Reading(Freshness freshness, Allowance allowance, BatchSource source) {
      this.freshness = freshness;
      this.allowance = allowance;
      this.source = source;
    }

    void add(EntryKey key, Found value) {
      found.put(key, value);
      size += value.value().length;
    }

    CompletableFuture<Map<EntryKey, Found>> lookUp(List<EntryKey> missing) {
      return Afterwards.either(
          entries.lease(missing, token, times.lease()),
          (lookups, failure) -> {
            if (failure != null) {
              return RedisFailures.isUnavailable(failure)
                  ? load(Set.copyOf(missing), Set.of())
                  : CompletableFuture.<Map<EntryKey, Found>>failedFuture(failure);
            }
            return settle(missing, lookups);
          });
    }

    private CompletableFuture<Map<EntryKey, Found>> settle(
        List<EntryKey> missing, List<Lookup> lookups) {
      Set<EntryKey> wanted = new LinkedHashSet<>();
      Set<EntryKey> leased = new LinkedHashSet<>();
      List<EntryKey> others = new ArrayList<>();
      for (int i = 0; i < lookups.size(); i++) {
        EntryKey key = missing.get(i);
        switch (lookups.get(i)) {
          case Lookup.Present _, Lookup.Busy _ -> others.add(key);
          case Lookup.Absent _ -> hits.increment();
          case Lookup.Fenced _ -> wanted.add(key);
          case Lookup.Leased _ -> {
            wanted.add(key);
            leased.add(key);
          }
        }
      }
      CompletableFuture<Map<EntryKey, Found>> loaded =
          wanted.isEmpty() ? CompletableFuture.completedFuture(found) : load(wanted, leased);
      return loaded.thenCompose(all -> awaitOthers(others));
    }

    /** Loads keys together, and stores those that are leased. */
    CompletableFuture<Map<EntryKey, Found>> load(Set<EntryKey> wanted, Set<EntryKey> leased) {
      (leased.isEmpty() ? bypassed : loads).increment(wanted.size());
      return Afterwards.either(
          loaded(wanted),
          (batch, failure) -> {
            if (failure != null) {
              return failed(failure, leased);
            }
            batch
                .values()
                .forEach(
                    (key, value) -> add(key, new Found(value.value(), value.remaining(), true)));
            Set<EntryKey> complete = new LinkedHashSet<>(leased);
            complete.removeAll(batch.leftOut());
            return stored(complete, batch.values())
                .thenCompose(done -> loadRest(batch.leftOut(), leased));
          });
    }

    private CompletableFuture<Void> stored(Set<EntryKey> leased, Map<EntryKey, Loaded> values) {
      List<CompletableFuture<?>> stores = new ArrayList<>();
      for (EntryKey key : leased) {
        Optional<Loaded> value = Optional.ofNullable(values.get(key));
        Load load = new Load(key, freshness, CompletableFuture::new, token);
        stores.add(store(load, value, Duration.ZERO).handle((kept, broken) -> kept));
      }
      return CompletableFuture.allOf(stores.toArray(CompletableFuture[]::new));
    }

    private CompletableFuture<Map<EntryKey, Found>> loadRest(
        Set<EntryKey> leftOut, Set<EntryKey> leased) {
      Set<EntryKey> rest = new LinkedHashSet<>(leased);
      rest.retainAll(leftOut);
      try {
        if (!leftOut.isEmpty()) {
          if (!allowance.extend()) {
            throw allowance.exceeded();
          }
          return load(leftOut, rest);
        }
        requireRoom();
        return CompletableFuture.completedFuture(found);
      } catch (RuntimeException e) {
        return failed(e, rest);
      }
    }

    private void requireRoom() {
      while (size > allowance.granted()) {
        if (!allowance.extend()) {
          throw allowance.exceeded();
        }
      }
    }

    private CompletableFuture<Map<EntryKey, Found>> failed(
        Throwable failure, Set<EntryKey> leased) {
      for (EntryKey key : leased) {
        var _ = entries.release(key, token);
      }
      return CompletableFuture.failedFuture(failure);
    }

    private CompletableFuture<BatchSource.Batch> loaded(Set<EntryKey> wanted) {
      try {
        return source.load(wanted, Math.max(allowance.granted() - size, 0));
      } catch (RuntimeException e) {
        return CompletableFuture.failedFuture(e);
      }
    }

    /**
     * Those that others load just now, which is as long as a load takes, or have just loaded; a few
     * at a time, since their sizes are not known before.
     */
    private CompletableFuture<Map<EntryKey, Found>> awaitOthers(List<EntryKey> others) {
      if (others.isEmpty()) {
        return CompletableFuture.completedFuture(found);
      }
      long arrival = System.nanoTime();
      Map<EntryKey, CompletableFuture<Optional<Found>>> awaited = new HashMap<>();
      for (EntryKey key : others.subList(0, Math.min(others.size(), AT_A_TIME))) {
        awaited.put(key, fly(key, freshness, () -> loadedAlone(key), arrival));
      }
      return CompletableFuture.allOf(awaited.values().toArray(CompletableFuture[]::new))
          .thenCompose(
              done -> {
                awaited.forEach((key, value) -> value.join().ifPresent(some -> add(key, some)));
                requireRoom();
                return awaitOthers(others.subList(awaited.size(), others.size()));
              });
    }

    private CompletableFuture<Optional<Loaded>> loadedAlone(EntryKey key) {
      return source
          .load(Set.of(key), Long.MAX_VALUE)
          .thenApply(batch -> Optional.ofNullable(batch.values().get(key)));
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
