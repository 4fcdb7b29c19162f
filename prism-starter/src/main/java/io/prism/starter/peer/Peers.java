package io.prism.starter.peer;

import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.Channel;
import io.grpc.Context;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.prism.peer.internal.v1.WatchRequest;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * The other replicas of this service. Thread-safe; asking never blocks.
 *
 * <p>Each replica tells the others what it holds ({@link Presence}), so whoever takes a call knows
 * whom to ask, and asks nobody when it need not. A replica that is no longer named, because it is
 * stopping or not ready, stays known while it can be reached: its streams live on.
 */
public final class Peers implements SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(Peers.class);
  private static final long BEAT_MILLIS = 1000;
  private static final int MAX_PEERS = 1000;

  private final Presence presence;
  private final PeerProperties properties;
  private final PeerNames names;
  private final PeerChannels channels;
  private final IntSupplier port;
  private final Map<InetSocketAddress, Peer> peers = new ConcurrentHashMap<>();
  private final Peer.Owner self = new Self();
  private volatile @Nullable ScheduledExecutorService scheduler;

  // Touched only by the scheduler's one thread.
  private final Set<InetSocketAddress> own = new HashSet<>();
  private Map<InetSocketAddress, String> named = Map.of();
  private boolean lookingUp;

  /**
   * @param channels opens channels, whose calls prove that this is an instance of the deployment
   * @param port where this replica listens, 0 when that is not known
   */
  public Peers(
      Presence presence,
      PeerProperties properties,
      PeerChannels channels,
      IntSupplier port,
      MeterRegistry meters) {
    this.presence = presence;
    this.properties = properties;
    this.names = new PeerNames(properties.addresses());
    this.channels = channels;
    this.port = port;
    if (!names.isEmpty()) {
      Gauge.builder("prism.peers", this, all -> all.count(true))
          .tag("state", "known")
          .description("other replicas of this service")
          .register(meters);
      Gauge.builder("prism.peers", this, all -> all.count(false))
          .tag("state", "out_of_reach")
          .description("other replicas of this service")
          .register(meters);
    }
  }

  private long count(boolean inSync) {
    return peers.values().stream().filter(peer -> peer.isInSync() == inSync).count();
  }

  /**
   * Asks the replicas that hold a key as far as is known; when what they answer is not enough, all
   * others once, because one of them may have announced the key a moment ago. When nobody need be
   * asked, the result is there at once.
   *
   * <p>A replica that does not answer in {@code prism.peer.time-limit}, or at all, is no failure:
   * {@link Answers#holderMissing} tells whether it mattered.
   *
   * @param call makes the call on a channel; the rpc must be one for instances only
   * @param isEnough whether the answers settle the matter, also asked of no answers
   */
  public <R> CompletableFuture<Answers<R>> ask(
      String key, Function<Channel, ListenableFuture<R>> call, Predicate<List<R>> isEnough) {
    List<Peer> likely = others(Set.of(), key);
    if (likely.isEmpty() && (peers.isEmpty() || isEnough.test(List.of()))) {
      return CompletableFuture.completedFuture(new Answers<>(List.of(), false));
    }
    Context context = Context.current();
    return askAll(likely, key, call)
        .thenCompose(
            answers -> {
              if (isEnough.test(answers.given())) {
                return CompletableFuture.completedFuture(answers);
              }
              return in(context, () -> askAll(others(Set.copyOf(likely), null), key, call))
                  .thenApply(answers::and);
            });
  }

  /** The replicas, each once, without some; only those that may hold a key unless it is null. */
  private List<Peer> others(Set<Peer> without, @Nullable String key) {
    if (peers.isEmpty()) {
      return List.of();
    }
    Set<String> seen = new HashSet<>();
    without.forEach(peer -> seen.add(peer.instanceId()));
    seen.remove("");
    List<Peer> found = new ArrayList<>();
    for (Peer peer : peers.values()) {
      String id = peer.instanceId();
      if (!without.contains(peer)
          && (key == null || peer.mayHold(key))
          && (id.isEmpty() || seen.add(id))) {
        found.add(peer);
      }
    }
    return found;
  }

  private static <T> T in(Context context, java.util.function.Supplier<T> action) {
    Context previous = context.attach();
    try {
      return action.get();
    } finally {
      context.detach(previous);
    }
  }

  private static <R> CompletableFuture<Answers<R>> askAll(
      Collection<Peer> asked, String key, Function<Channel, ListenableFuture<R>> call) {
    CompletableFuture<Answers<R>> all =
        CompletableFuture.completedFuture(new Answers<>(List.of(), false));
    List<CompletableFuture<Answers<R>>> each =
        asked.stream()
            .map(
                peer ->
                    peer.ask(call)
                        .thenApply(
                            answer ->
                                new Answers<>(
                                    answer.stream().toList(), answer.isEmpty() && peer.holds(key))))
            .toList();
    for (CompletableFuture<Answers<R>> one : each) {
      all = all.thenCombine(one, Answers::and);
    }
    return all;
  }

  @Override
  public synchronized void start() {
    if (scheduler != null || names.isEmpty()) {
      return;
    }
    ScheduledExecutorService started =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("prism-peers").daemon().factory());
    scheduler = started;
    ScheduledFuture<?> _ =
        started.scheduleWithFixedDelay(
            this::lookUp, 0, properties.lookupInterval().toMillis(), TimeUnit.MILLISECONDS);
    ScheduledFuture<?> _ =
        started.scheduleWithFixedDelay(this::beat, BEAT_MILLIS, BEAT_MILLIS, TimeUnit.MILLISECONDS);
  }

  @Override
  public synchronized void stop() {
    ScheduledExecutorService running = scheduler;
    if (running != null) {
      scheduler = null;
      running.execute(
          () -> {
            peers.values().forEach(Peer::closeNow);
            peers.clear();
            named = Map.of();
          });
      running.shutdown();
    }
  }

  @Override
  public boolean isRunning() {
    return scheduler != null;
  }

  /** Before the server starts; after it has stopped, since calls are passed on until then. */
  @Override
  public int getPhase() {
    return Integer.MAX_VALUE - 1;
  }

  private void lookUp() {
    if (lookingUp) {
      return;
    }
    lookingUp = true;
    Thread.ofVirtual()
        .name("prism-peer-names")
        .start(
            () -> {
              PeerNames.Found found = names.lookUp();
              onScheduler(() -> take(found));
            });
  }

  private void take(PeerNames.Found found) {
    lookingUp = false;
    // A name that cannot be looked up says nothing about the replicas behind it.
    if (found.complete()) {
      named = found.hosts();
    }
    found.hosts().forEach(this::add);
    peers.values().removeIf(this::isGone);
  }

  private boolean isGone(Peer peer) {
    boolean gone = !named.containsKey(peer.address()) && peer.isForgotten();
    if (gone) {
      log.info("replica at {} is gone", peer.address());
      peer.close();
    }
    return gone;
  }

  private void add(InetSocketAddress address, String host) {
    ScheduledExecutorService running = scheduler;
    if (running == null
        || peers.containsKey(address)
        || own.contains(address)
        || isOwn(address)
        || peers.size() >= MAX_PEERS) {
      return;
    }
    Peer peer = new Peer(address, channels.open(address, host), properties, self, running);
    peers.put(address, peer);
    peer.open();
  }

  private boolean isOwn(InetSocketAddress address) {
    try {
      return address.getPort() == port.getAsInt()
          && NetworkInterface.getByInetAddress(address.getAddress()) != null;
    } catch (SocketException e) {
      log.debug("the interfaces of this host are not known", e);
      return false;
    }
  }

  private void beat() {
    presence.beat();
    peers.values().forEach(Peer::check);
  }

  /** Another replica watches this one, which thereby knows of it before any name does. */
  void met(String instanceId, InetSocketAddress address) {
    if (!instanceId.equals(presence.instanceId()) && !names.isEmpty()) {
      onScheduler(
          () -> {
            Peer known = peers.get(address);
            if (known == null) {
              add(address, names.firstHost());
            } else {
              known.open();
            }
          });
    }
  }

  private void onScheduler(Runnable task) {
    ScheduledExecutorService running = scheduler;
    if (running == null) {
      return;
    }
    try {
      running.execute(task);
    } catch (RejectedExecutionException e) {
      log.trace("stopped meanwhile", e);
    }
  }

  private final class Self implements Peer.Owner {

    @Override
    public WatchRequest greeting() {
      return WatchRequest.newBuilder()
          .setInstanceId(presence.instanceId())
          .setPort(port.getAsInt())
          .build();
    }

    /** An address may lead back here by ways that this host does not know. */
    @Override
    public void greeted(Peer peer, String instanceId) {
      if (instanceId.equals(presence.instanceId())) {
        peers.remove(peer.address(), peer);
        onScheduler(
            () -> {
              own.add(peer.address());
              peer.closeNow();
            });
      }
    }
  }
}
