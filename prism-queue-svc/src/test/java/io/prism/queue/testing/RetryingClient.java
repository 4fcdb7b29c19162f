package io.prism.queue.testing;

import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.prism.queue.testing.QueueFixture.Client;
import io.prism.queue.v1.QueueServiceGrpc;
import io.prism.queue.v1.QueueServiceGrpc.QueueServiceBlockingStub;
import io.prism.starter.testing.Failures;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/**
 * A client of a deployment behind a plain round-robin Service: each try goes to the next of its
 * endpoints, alive or not, and what is UNAVAILABLE is tried again with back-off.
 */
public final class RetryingClient {

  private static final int TRIES = 12;
  private static final Duration FIRST_BACKOFF = Duration.ofMillis(20);
  private static final Duration LAST_BACKOFF = Duration.ofSeconds(1);

  private final List<Client> replicas;
  private final int maxTries;
  private final List<Integer> endpoints = new CopyOnWriteArrayList<>();
  private final AtomicInteger turn = new AtomicInteger();
  private final AtomicInteger calls = new AtomicInteger();
  private final Map<String, AtomicInteger> refusals = new ConcurrentHashMap<>();
  private final AtomicInteger mostTries = new AtomicInteger();

  /** A client whose Service has no endpoint yet; the numbers of endpoints are those of replicas. */
  public RetryingClient(List<Client> replicas) {
    this(replicas, TRIES);
  }

  /** The same with more patience. */
  public RetryingClient(List<Client> replicas, int maxTries) {
    this.replicas = List.copyOf(replicas);
    this.maxTries = maxTries;
  }

  /** The Service has noticed that a replica is ready. */
  public void addEndpoint(int replica) {
    endpoints.add(replica);
  }

  /** The Service has noticed that a replica is not ready any more. */
  public void removeEndpoint(int replica) {
    endpoints.remove(Integer.valueOf(replica));
  }

  /** Makes a call at any replica but one; -1: at any. */
  public <R> R call(int except, Function<QueueServiceBlockingStub, R> call) {
    calls.incrementAndGet();
    Duration backoff = FIRST_BACKOFF;
    for (int tries = 1; ; tries++) {
      try {
        R answer =
            call.apply(
                QueueServiceGrpc.newBlockingStub(replicas.get(next(except)).channel())
                    .withDeadlineAfter(15, TimeUnit.SECONDS));
        mostTries.accumulateAndGet(tries, Math::max);
        return answer;
      } catch (StatusRuntimeException e) {
        if (e.getStatus().getCode() != Code.UNAVAILABLE || tries == maxTries) {
          throw e;
        }
        refusals
            .computeIfAbsent(Failures.reasonOf(e), reason -> new AtomicInteger())
            .incrementAndGet();
        LockSupport.parkNanos(backoff.toNanos());
        backoff =
            backoff.multipliedBy(2).compareTo(LAST_BACKOFF) < 0
                ? backoff.multipliedBy(2)
                : LAST_BACKOFF;
      }
    }
  }

  /** The next endpoint but one, unless that is the only one. */
  public int next(int except) {
    List<Integer> all = List.copyOf(endpoints);
    List<Integer> others = all.stream().filter(replica -> replica != except).toList();
    List<Integer> candidates = others.isEmpty() ? all : others;
    return candidates.get(Math.floorMod(turn.getAndIncrement(), candidates.size()));
  }

  @Override
  public String toString() {
    return calls
        + " calls, at most "
        + mostTries
        + " tries each, tried again because of "
        + refusals;
  }
}
