package io.prism.redis;

import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Removes all keys of a pattern, in steps that keep Redis busy for a moment each. */
final class NamespaceSweep {

  private static final int STEP = 1_000;

  private final RedisLink redis;
  private final ScanArgs arguments;

  NamespaceSweep(RedisLink redis, byte[] pattern) {
    this.redis = redis;
    this.arguments = ScanArgs.Builder.limit(STEP).match(pattern);
  }

  CompletableFuture<Void> run() {
    return from(ScanCursor.INITIAL);
  }

  private CompletableFuture<Void> from(ScanCursor cursor) {
    return redis
        .<KeyScanCursor<byte[]>>callForAll("sweep", commands -> commands.scan(cursor, arguments))
        .thenCompose(
            found ->
                removed(found)
                    .thenCompose(
                        removed ->
                            found.isFinished()
                                ? CompletableFuture.completedFuture(null)
                                : from(found)));
  }

  private CompletionStage<Long> removed(KeyScanCursor<byte[]> found) {
    if (found.getKeys().isEmpty()) {
      return CompletableFuture.completedFuture(0L);
    }
    byte[][] keys = found.getKeys().toArray(byte[][]::new);
    return redis.callForAll("sweep", commands -> commands.unlink(keys));
  }
}
