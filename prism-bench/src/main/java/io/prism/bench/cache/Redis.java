package io.prism.bench.cache;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.prism.bench.load.Attempt;
import io.prism.bench.load.WorkNotDone;
import io.prism.bench.scenario.Bench;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;

/** Redis as an application uses it: one connection of Lettuce, shared, asynchronous. */
final class Redis {
  private Redis() {}

  /** Connects, until the end of the scenario. */
  static RedisAsyncCommands<String, byte[]> connect(Bench bench) throws InterruptedException {
    RedisClient client = RedisClient.create(bench.deployment().redis().url());
    var _ = bench.closeLater((AutoCloseable) client::shutdown);
    return client.connect(RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE)).async();
  }

  /** Ends an attempt with a command. */
  static <T> void end(Attempt attempt, CompletionStage<T> answer, Predicate<T> isDone) {
    var _ =
        answer.whenComplete(
            (result, failure) -> {
              if (failure != null) {
                attempt.failed(failure);
              } else if (isDone.test(result)) {
                attempt.succeeded();
              } else {
                attempt.failed(new WorkNotDone("Redis answered " + result));
              }
            });
  }
}
