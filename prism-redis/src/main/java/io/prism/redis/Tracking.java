package io.prism.redis;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.TrackingArgs;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.push.PushMessage;
import io.lettuce.core.masterreplica.StatefulRedisMasterReplicaConnection;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets Redis tell of each change of a value that this instance has read (RESP3's CLIENT TRACKING),
 * on the connection on which it was read. Turned on anew on each new connection; a connection that
 * is silent is asked for a sign now and then.
 */
final class Tracking implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Tracking.class);

  private final RedisLink link;
  private final NearCache near;
  private final Duration interval;
  private final Thread thread;

  /**
   * @param interval between two signs
   */
  Tracking(RedisLink link, NearCache near, Duration interval) {
    this.link = link;
    this.near = near;
    this.interval = interval;
    this.thread = Thread.ofVirtual().name("prism-redis-tracking").start(this::run);
  }

  private void run() {
    try {
      StatefulConnection<byte[], byte[]> connection = link.awaitConnection(interval);
      if (!(connection instanceof StatefulRedisConnection<byte[], byte[]> one)
          || connection instanceof StatefulRedisMasterReplicaConnection<byte[], byte[]>) {
        log.warn("prism.redis.near is for one Redis with or without sentinels; it stays off");
        return;
      }
      one.addListener(this::told);
      one.addListener(new Losses());
      while (true) {
        if (near.isTracked()) {
          listen();
        } else {
          track();
        }
        TimeUnit.NANOSECONDS.sleep(interval.toNanos());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void track() {
    long losses = near.losses();
    long time = System.nanoTime();
    var _ =
        link.call("track", commands -> commands.clientTracking(TrackingArgs.Builder.enabled()))
            .thenAccept(on -> near.track(losses, time));
  }

  private void listen() {
    long time = System.nanoTime();
    // Its answer comes after all that Redis had to tell before it.
    var _ = link.call("ping", commands -> commands.ping()).thenAccept(pong -> near.heard(time));
  }

  private void told(PushMessage message) {
    if (!message.getType().equals("invalidate")) {
      return;
    }
    List<Object> content = message.getContent(ByteBuffer::duplicate);
    if (content.size() > 1 && content.get(1) instanceof List<?> keys) {
      for (Object key : keys) {
        near.changed(copy((ByteBuffer) key));
      }
    } else {
      // Redis was emptied.
      near.changed();
    }
  }

  private static ByteBuffer copy(ByteBuffer key) {
    byte[] bytes = new byte[key.remaining()];
    key.duplicate().get(bytes);
    return ByteBuffer.wrap(bytes);
  }

  private final class Losses implements RedisConnectionStateListener {
    @Override
    public void onRedisDisconnected(RedisChannelHandler<?, ?> connection) {
      near.lost();
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
