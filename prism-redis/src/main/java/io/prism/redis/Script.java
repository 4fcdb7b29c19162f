package io.prism.redis;

import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A script that Redis runs in one go. Sent by its digest, and whole where Redis has lost it. */
public final class Script {

  private final String text;
  private final String digest;
  private final ScriptOutputType output;

  private Script(String text, ScriptOutputType output) {
    this.text = text;
    this.output = output;
    try {
      digest =
          HexFormat.of()
              .formatHex(
                  MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-1 is missing in this JDK", e);
    }
  }

  /** The script in a resource beside a class. */
  public static Script of(Class<?> beside, String resource, ScriptOutputType output) {
    try (InputStream in = beside.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("no " + resource + " beside " + beside.getName());
      }
      return new Script(new String(in.readAllBytes(), StandardCharsets.UTF_8), output);
    } catch (IOException e) {
      throw new UncheckedIOException(resource, e);
    }
  }

  /** Runs it; fails as Lettuce does. */
  public <T> CompletionStage<T> run(
      RedisClusterAsyncCommands<byte[], byte[]> redis, byte[][] keys, byte[]... arguments) {
    return redis
        .<T>evalsha(digest, output, keys, arguments)
        .exceptionallyCompose(
            failure ->
                RedisFailures.unwrapped(failure) instanceof RedisNoScriptException
                    ? redis.<T>eval(text, output, keys, arguments)
                    : CompletableFuture.failedFuture(failure));
  }

  /** A number as scripts take it. */
  public static byte[] number(long number) {
    return Long.toString(number).getBytes(StandardCharsets.ISO_8859_1);
  }
}
