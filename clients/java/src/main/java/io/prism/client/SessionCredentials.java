package io.prism.client;

import io.grpc.CallCredentials;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Puts a session's token into the metadata of one call, and remembers which. */
final class SessionCredentials extends CallCredentials {

  private static final Metadata.Key<String> TOKEN =
      Metadata.Key.of("x-session-token", Metadata.ASCII_STRING_MARSHALLER);

  private final Supplier<CompletableFuture<String>> source;
  private volatile @Nullable String used;

  /**
   * @param source of the token, which may come later; it fails with what the call is to fail with
   */
  SessionCredentials(Supplier<CompletableFuture<String>> source) {
    this.source = source;
  }

  /** A token that is known. */
  static SessionCredentials of(String token) {
    return new SessionCredentials(() -> CompletableFuture.completedFuture(token));
  }

  /** The token that the call has; null when it has not got that far. */
  @Nullable String used() {
    return used;
  }

  @Override
  public void applyRequestMetadata(RequestInfo call, Executor executor, MetadataApplier applier) {
    var _ =
        source
            .get()
            .whenComplete(
                (token, failure) -> {
                  if (failure != null) {
                    applier.fail(Status.fromThrowable(failure));
                  } else {
                    used = token;
                    Metadata headers = new Metadata();
                    headers.put(TOKEN, token);
                    applier.apply(headers);
                  }
                });
  }
}
