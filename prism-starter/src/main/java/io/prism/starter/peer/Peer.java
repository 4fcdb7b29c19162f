package io.prism.starter.peer;

import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.prism.peer.internal.v1.PeerServiceGrpc;
import io.prism.peer.internal.v1.WatchRequest;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Another replica: the channel to it and what it is known to hold.
 *
 * <p>What it held when its watch broke counts for a while longer, since its streams may well live
 * on. What it holds may also be unknown; then it is worth asking, unless it is known not to answer.
 */
final class Peer implements PeerWatch.Events {

  private static final Logger log = LoggerFactory.getLogger(Peer.class);
  private static final Duration FIRST_BACKOFF = Duration.ofMillis(100);
  private static final Duration LAST_BACKOFF = Duration.ofSeconds(5);

  private final InetSocketAddress address;
  private final ManagedChannel channel;
  private final Channel calls;
  private final PeerProperties properties;
  private final Owner owner;
  private final ScheduledExecutorService scheduler;
  private volatile @Nullable PeerWatch known;
  private volatile boolean failing;
  private volatile long downSinceNanos = System.nanoTime();

  // Touched only by the scheduler's one thread.
  private @Nullable PeerWatch watch;
  private Duration backoff = FIRST_BACKOFF;
  private boolean told;
  private boolean closed;

  /** The replica that a peer belongs to. */
  interface Owner {

    /** What to say to the peer. */
    WatchRequest greeting();

    /** A peer has said who it is. */
    void greeted(Peer peer, String instanceId);
  }

  Peer(
      InetSocketAddress address,
      ManagedChannel channel,
      PeerProperties properties,
      Owner owner,
      ScheduledExecutorService scheduler) {
    this.address = address;
    this.channel = channel;
    this.calls =
        ClientInterceptors.intercept(channel, new PeerCallInterceptor(properties.timeLimit()));
    this.properties = properties;
    this.owner = owner;
    this.scheduler = scheduler;
  }

  InetSocketAddress address() {
    return address;
  }

  /** The id of the replica as it was last known, empty when it never said. */
  String instanceId() {
    PeerWatch last = known;
    return last == null ? "" : last.instanceId();
  }

  boolean isInSync() {
    PeerWatch last = known;
    return last != null && last.isInSync();
  }

  /** Whether it has announced a key, and did not take it back as far as is known. */
  boolean holds(String key) {
    PeerWatch last = known;
    return last != null && last.hasHeld(key) && (last.isInSync() || !isForgotten());
  }

  /** Whether it holds a key as far as is known, or what it holds is not known. */
  boolean mayHold(String key) {
    return holds(key) || (!failing && !isInSync());
  }

  /** Whether it is out of reach for so long that what it held does not count any more. */
  boolean isForgotten() {
    return !isInSync() && System.nanoTime() - downSinceNanos > properties.forgetAfter().toNanos();
  }

  /** Asks; completes with nothing when there was no answer. */
  <R> CompletableFuture<Optional<R>> ask(Function<Channel, ListenableFuture<R>> call) {
    CompletableFuture<Optional<R>> answer = new CompletableFuture<>();
    Futures.addCallback(
        call.apply(calls),
        new FutureCallback<R>() {
          @Override
          public void onSuccess(@Nullable R given) {
            answer.complete(Optional.ofNullable(given));
          }

          @Override
          public void onFailure(Throwable why) {
            log.debug("replica at {} does not answer", address, why);
            if (!isInSync()) {
              failing = true;
            }
            answer.complete(Optional.empty());
          }
        },
        MoreExecutors.directExecutor());
    return answer;
  }

  /** Opens a watch unless there is one. On the scheduler's thread, like all that follows. */
  void open() {
    if (closed || watch != null) {
      return;
    }
    PeerWatch opening = new PeerWatch(this);
    watch = opening;
    // Otherwise the channel's own back-off, of minutes after a long outage, comes on top of ours.
    channel.resetConnectBackoff();
    PeerServiceGrpc.newStub(channel).watch(owner.greeting(), opening);
  }

  /** Looks whether the watch has fallen silent. */
  void check() {
    PeerWatch open = watch;
    if (open != null && open.isSilentFor(properties.silenceTimeout())) {
      open.cancel("silent for " + properties.silenceTimeout());
    }
  }

  /** Calls under way may end within their time limit; there are no new ones. */
  void close() {
    closed = true;
    PeerWatch open = watch;
    if (open != null) {
      open.cancel("not a replica any more");
    }
    channel.shutdown();
    ScheduledFuture<?> _ =
        scheduler.schedule(
            () -> {
              channel.shutdownNow();
            },
            properties.timeLimit().toMillis(),
            TimeUnit.MILLISECONDS);
  }

  void closeNow() {
    closed = true;
    channel.shutdownNow();
  }

  @Override
  public void greeted(PeerWatch source) {
    owner.greeted(this, source.instanceId());
  }

  @Override
  public void synced(PeerWatch source) {
    known = source;
    failing = false;
    log.info("replica at {} is known", address);
  }

  @Override
  public void ended(PeerWatch source, boolean drained, String why) {
    boolean wasKnown = source == known;
    if (wasKnown) {
      downSinceNanos = System.nanoTime();
    }
    if (drained) {
      known = null;
    }
    failing = drained || !wasKnown;
    try {
      scheduler.execute(() -> reopen(wasKnown, why));
    } catch (RejectedExecutionException e) {
      log.trace("stopped meanwhile", e);
    }
  }

  private void reopen(boolean wasKnown, String why) {
    watch = null;
    if (closed) {
      return;
    }
    if (wasKnown) {
      backoff = FIRST_BACKOFF;
    }
    long delay =
        ThreadLocalRandom.current().nextLong(backoff.toMillis() / 2, backoff.toMillis() + 1);
    if (wasKnown || !told) {
      log.info("replica at {} is out of reach, next try in {} ms: {}", address, delay, why);
    } else {
      log.debug("replica at {} is still out of reach, next try in {} ms: {}", address, delay, why);
    }
    told = true;
    Duration doubled = backoff.multipliedBy(2);
    backoff = doubled.compareTo(LAST_BACKOFF) > 0 ? LAST_BACKOFF : doubled;
    ScheduledFuture<?> _ = scheduler.schedule(this::open, delay, TimeUnit.MILLISECONDS);
  }
}
