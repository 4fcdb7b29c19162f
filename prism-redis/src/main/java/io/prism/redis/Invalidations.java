package io.prism.redis;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes copies, after the source has changed.
 *
 * <p>What cannot be removed because Redis is out of reach is owed: it is removed as soon as Redis
 * is back, and until then this instance reads no copy. There are at most so many debts; beyond, all
 * copies of the namespace go. Debts end with the instance: then an old copy lives until its ttl
 * does.
 */
public final class Invalidations implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Invalidations.class);
  private static final int BATCH = 500;
  private static final Duration RETRY = Duration.ofMillis(200);
  private static final Set<EntryKey.Space> COPIES =
      Set.of(EntryKey.Space.VALUE, EntryKey.Space.MAPPED, EntryKey.Space.ROW);

  private final Entries entries;
  private final int maxOwed;
  private final AtomicLong sequence = new AtomicLong();

  /** Each debt with the number of its latest reason, lest an older removal pays a newer debt. */
  private final ConcurrentMap<EntryKey, Long> owed = new ConcurrentHashMap<>();

  /** Namespaces whose copies all go, likewise. */
  private final ConcurrentMap<String, Long> owedWhole = new ConcurrentHashMap<>();

  /**
   * Fences that are to be taken down, if they stand, by their tokens. At most as many as debts; one
   * that is forgotten is over by itself.
   */
  private final ConcurrentMap<Token, EntryKey> fences = new ConcurrentHashMap<>();

  private final AtomicBoolean paying = new AtomicBoolean();
  private volatile boolean closed;

  private record Token(String text) {

    static Token of(byte[] bytes) {
      return new Token(new String(bytes, StandardCharsets.ISO_8859_1));
    }

    byte[] bytes() {
      return text.getBytes(StandardCharsets.ISO_8859_1);
    }
  }

  Invalidations(Entries entries, int maxOwed, MeterRegistry meters) {
    this.entries = entries;
    this.maxOwed = maxOwed;
    Gauge.builder("prism.redis.owed.invalidations", this, Invalidations::debts)
        .description("copies that are to be removed as soon as Redis can be reached")
        .register(meters);
  }

  private int debts() {
    return owed.size() + owedWhole.size();
  }

  /**
   * Removes copies; to be called when the change of the source is committed, and before it is
   * answered. Whoever loads one of them just now will not store what it has read. Never fails: the
   * result completes when the copies are gone, or owed.
   */
  public CompletableFuture<Void> invalidate(Collection<EntryKey> keys) {
    List<CompletableFuture<?>> running = new ArrayList<>();
    byNamespace(keys)
        .values()
        .forEach(
            group ->
                running.add(
                    entries
                        .invalidate(group)
                        .handle(
                            (removed, failure) -> {
                              if (failure != null) {
                                owe(group);
                              }
                              return null;
                            })));
    return CompletableFuture.allOf(running.toArray(CompletableFuture[]::new));
  }

  /**
   * Removes all copies of a namespace, for who has changed more rows than can be told. Takes time
   * with the number of all keys in Redis. Never fails, as {@link #invalidate}.
   */
  public CompletableFuture<Void> invalidateAll(String namespace) {
    return removed(namespace)
        // What was loaded before the change may be stored behind the back of the first sweep, but
        // not later: all leases of that time are gone with it.
        .thenCompose(once -> removed(namespace))
        .exceptionally(
            failure -> {
              owedWhole.put(namespace, sequence.incrementAndGet());
              pay();
              return null;
            });
  }

  private CompletableFuture<Void> removed(String namespace) {
    CompletableFuture<Void> removed = CompletableFuture.completedFuture(null);
    for (EntryKey.Space space : EntryKey.Space.values()) {
      if (space != EntryKey.Space.MEMORY) {
        removed = removed.thenCompose(before -> entries.removeAll(namespace, space));
      }
    }
    return removed;
  }

  /** Removes copies as soon as Redis can be reached; until then no copy is read here. */
  void owe(Collection<EntryKey> keys) {
    for (EntryKey key : keys) {
      long number = sequence.incrementAndGet();
      if (owed.size() < maxOwed || owed.containsKey(key)) {
        owed.put(key, number);
      } else {
        owedWhole.put(key.namespace(), number);
      }
    }
    pay();
  }

  /** The same for the copy of a writer whose fence may still stand. */
  void owe(EntryKey key, byte[] fence) {
    if (fences.size() < maxOwed) {
      fences.put(Token.of(fence), key);
    }
    owe(List.of(key));
  }

  /** Whether copies in Redis may be wrong for all that this instance knows. */
  boolean isOwing() {
    return !owed.isEmpty() || !owedWhole.isEmpty();
  }

  private boolean hasWork() {
    return !closed && (isOwing() || !fences.isEmpty());
  }

  private void pay() {
    if (paying.compareAndSet(false, true)) {
      Thread.ofVirtual().name("prism-redis-invalidations").start(this::payUntilDone);
    }
  }

  private void payUntilDone() {
    try {
      while (hasWork()) {
        try {
          payOnce();
        } catch (RuntimeException e) {
          log.debug("Redis cannot be reached yet for {} owed invalidations", debts(), e);
          TimeUnit.NANOSECONDS.sleep(RETRY.toNanos());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      paying.set(false);
    }
    // What was added after the last look, by one who saw this thread still at work.
    if (hasWork()) {
      pay();
    }
  }

  private void payOnce() {
    // First, so that copies may be made again as soon as the debts are paid.
    for (Map.Entry<Token, EntryKey> fence : fences.entrySet()) {
      entries.unfence(fence.getValue(), fence.getKey().bytes(), null, null).join();
      fences.remove(fence.getKey());
    }
    for (Map.Entry<String, Long> whole : Map.copyOf(owedWhole).entrySet()) {
      for (EntryKey.Space space : COPIES) {
        entries.removeAll(whole.getKey(), space).join();
      }
      owedWhole.remove(whole.getKey(), whole.getValue());
      log.info("removed all copies of a namespace that had too many owed invalidations");
    }
    Map<EntryKey, Long> batch = new HashMap<>();
    for (Map.Entry<EntryKey, Long> debt : owed.entrySet()) {
      batch.put(debt.getKey(), debt.getValue());
      if (batch.size() == BATCH) {
        break;
      }
    }
    byNamespace(batch.keySet()).values().forEach(group -> entries.invalidate(group).join());
    batch.forEach(owed::remove);
  }

  private static Map<String, List<EntryKey>> byNamespace(Collection<EntryKey> keys) {
    Map<String, List<EntryKey>> groups = new HashMap<>();
    Set.copyOf(keys)
        .forEach(key -> groups.computeIfAbsent(key.namespace(), n -> new ArrayList<>()).add(key));
    return groups;
  }

  @Override
  public void close() {
    closed = true;
  }
}
