package io.prism.redis;

import io.grpc.Context;
import io.lettuce.core.AbstractRedisAsyncCommands;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.prism.starter.backend.BackendGuard;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.data.redis.connection.RedisConnectionFactory;

/**
 * The one connection to Redis that all calls of this instance share. Nothing blocks: commands are
 * written as they come, and answered on the client's own thread. A command that is not answered in
 * time fails; without a connection it fails at once. The connection is made anew by itself.
 */
public final class RedisLink implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(RedisLink.class);
  private static final Duration FIRST_CONNECTION_RETRY = Duration.ofMillis(500);
  private static final Duration PROBE_LIMIT = Duration.ofSeconds(3);

  private final RedisConnectionFactory connections;
  private final BackendGuard guard;
  private final Outstanding outstanding;
  private volatile @Nullable Connected connected;
  private @Nullable Thread connecting;

  /** A connection, once for commands and once for what is made by hand. */
  private record Connected(
      RedisClusterAsyncCommands<byte[], byte[]> commands,
      StatefulConnection<byte[], byte[]> connection) {

    @SuppressWarnings("unchecked") // Spring Data's connections over Lettuce are of bytes.
    static Connected of(Object nativeConnection) {
      // Of one server or of a cluster; both are both.
      return new Connected(
          (RedisClusterAsyncCommands<byte[], byte[]>) nativeConnection,
          ((AbstractRedisAsyncCommands<byte[], byte[]>) nativeConnection).getConnection());
    }
  }

  /**
   * Connects. Where that fails, the service starts all the same and goes on trying.
   *
   * @param connections which share one native connection of Lettuce
   * @param limit within which a call is answered or fails
   * @param guard around each call
   */
  public RedisLink(RedisConnectionFactory connections, Duration limit, BackendGuard guard) {
    this.connections = connections;
    this.guard = guard;
    this.outstanding = new Outstanding(limit);
    if (!connect()) {
      log.warn("Redis cannot be reached; the service starts without it and goes on trying");
      connecting =
          Thread.ofVirtual().name("prism-redis-connect").start(this::connectUntilConnected);
    }
  }

  private boolean connect() {
    try {
      connected = Connected.of(connections.getConnection().getNativeConnection());
      return true;
    } catch (RuntimeException e) {
      log.debug("no connection to Redis", e);
      return false;
    }
  }

  private void connectUntilConnected() {
    try {
      do {
        TimeUnit.NANOSECONDS.sleep(FIRST_CONNECTION_RETRY.toNanos());
      } while (!connect());
      log.info("Redis is reached now");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Sends one or more commands. The result fails with BACKEND_UNAVAILABLE when Redis is out of
   * reach, with OVERLOADED when too many commands wait, and otherwise as Lettuce does.
   *
   * @param operation for metrics, one of a few
   */
  public <T> CompletableFuture<T> call(
      String operation,
      Function<RedisClusterAsyncCommands<byte[], byte[]>, ? extends CompletionStage<T>> work) {
    return guarded(operation, link -> work.apply(link.commands()).toCompletableFuture());
  }

  /** The same with commands that are made by hand, for the most frequent calls. */
  <T> CompletableFuture<T> send(
      String operation,
      Function<StatefulConnection<byte[], byte[]>, ? extends CompletableFuture<T>> work) {
    return guarded(operation, link -> work.apply(link.connection()));
  }

  private <T> CompletableFuture<T> guarded(
      String operation, Function<Connected, ? extends CompletableFuture<T>> work) {
    return guard
        .<T>callAsync(operation, () -> begin(work))
        .exceptionallyCompose(
            failure -> CompletableFuture.failedFuture(RedisFailures.translated(failure)));
  }

  private <T> CompletableFuture<T> begin(Function<Connected, ? extends CompletableFuture<T>> work) {
    Connected link = connected;
    if (link == null) {
      throw new RedisConnectionException("not connected yet");
    }
    return outstanding.add(work.apply(link));
  }

  /** The same for work that many calls wait for, so that no one call's deadline is that of all. */
  <T> CompletableFuture<T> callForAll(
      String operation,
      Function<RedisClusterAsyncCommands<byte[], byte[]>, ? extends CompletionStage<T>> work) {
    Context caller = Context.ROOT.attach();
    try {
      return call(operation, work);
    } finally {
      Context.ROOT.detach(caller);
    }
  }

  /** The connection, as soon as there is one; asks now and then. */
  StatefulConnection<byte[], byte[]> awaitConnection(Duration interval)
      throws InterruptedException {
    Connected link = connected;
    while (link == null) {
      TimeUnit.NANOSECONDS.sleep(interval.toNanos());
      link = connected;
    }
    return link.connection();
  }

  /**
   * Returns when Redis works; blocks for three seconds at most. A service that can do without Redis
   * is not out of service when this throws.
   *
   * @throws Exception when it does not
   */
  public void check() throws Exception {
    Connected link = connected;
    if (link == null) {
      throw new RedisConnectionException("not connected yet");
    }
    link.commands().ping().get(PROBE_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    Thread thread = connecting;
    if (thread != null) {
      thread.interrupt();
    }
    outstanding.close();
  }
}
