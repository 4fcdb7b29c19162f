package io.prism.redis;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.ByteArrayOutput;
import io.lettuce.core.output.CommandOutput;
import io.lettuce.core.output.IntegerOutput;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.protocol.ProtocolKeyword;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A value and how long it lives, read by GET and PTTL in one write. This is the way of every hit,
 * so the two are one future: Lettuce's own would be two of them, and a third for both.
 */
final class ValueRead extends CompletableFuture<Optional<RedisValues.Stored>> {

  private static final long NO_EXPIRY = -1;

  private final byte[] key;
  private final @Nullable NearCache near;
  private final Part<byte[]> value;
  private final Part<Long> remaining;

  // A cluster that moves the key may answer them in any order.
  private final AtomicInteger open = new AtomicInteger(2);

  // Of the near cache, when the value came; what it comes with may come later.
  private long mark;

  private ValueRead(byte[] key, @Nullable NearCache near) {
    this.key = key;
    this.near = near;
    value = new Part<>(CommandType.GET, new ByteArrayOutput<>(ByteArrayCodec.INSTANCE), key);
    remaining = new Part<>(CommandType.PTTL, new IntegerOutput<>(ByteArrayCodec.INSTANCE), key);
  }

  /**
   * @param near where the value is kept, if anywhere
   */
  static ValueRead of(
      StatefulConnection<byte[], byte[]> connection, byte[] key, @Nullable NearCache near) {
    ValueRead read = new ValueRead(key, near);
    connection.dispatch(List.of(read.value, read.remaining));
    return read;
  }

  private final class Part<T> extends Command<byte[], byte[], T> {

    Part(ProtocolKeyword type, CommandOutput<byte[], byte[], T> output, byte[] key) {
      super(type, output, new CommandArgs<>(ByteArrayCodec.INSTANCE).addKey(key));
    }

    @Override
    public void complete() {
      super.complete();
      if (near != null && this == value) {
        mark = near.mark();
      }
      if (getOutput().hasError()) {
        ValueRead.this.completeExceptionally(
            new RedisCommandExecutionException(getOutput().getError()));
      } else if (open.decrementAndGet() == 0) {
        Optional<RedisValues.Stored> found = found(value.get(), remaining.get());
        if (near != null && found.isPresent()) {
          near.keep(key, found.get(), mark);
        }
        ValueRead.this.complete(found);
      }
    }

    @Override
    public boolean completeExceptionally(Throwable failure) {
      super.completeExceptionally(failure);
      return ValueRead.this.completeExceptionally(failure);
    }

    @Override
    public void cancel() {
      super.cancel();
      ValueRead.this.completeExceptionally(
          new RedisConnectionException("the connection broke before the answer came"));
    }
  }

  private static Optional<RedisValues.Stored> found(
      byte @Nullable [] value, @Nullable Long remainingMillis) {
    if (value == null) {
      return Optional.empty();
    }
    // -2: it has expired since it was read.
    Duration remaining =
        remainingMillis == null || remainingMillis == NO_EXPIRY
            ? null
            : Duration.ofMillis(Math.max(remainingMillis, 0));
    return Optional.of(new RedisValues.Stored(value, remaining));
  }
}
