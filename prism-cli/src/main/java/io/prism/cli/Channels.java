package io.prism.cli;

import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.TlsChannelCredentials;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;

/** Connections to Prism. */
final class Channels {

  private static final int LARGEST_ANSWER = 16 * 1024 * 1024;

  private Channels() {}

  static ManagedChannel open(String address, Optional<Path> authorities, boolean tls) {
    return Grpc.newChannelBuilder(address, credentials(authorities, tls))
        .maxInboundMessageSize(LARGEST_ANSWER)
        .build();
  }

  private static ChannelCredentials credentials(Optional<Path> authorities, boolean tls) {
    if (authorities.isPresent()) {
      try {
        return TlsChannelCredentials.newBuilder().trustManager(authorities.get().toFile()).build();
      } catch (IOException e) {
        throw new UncheckedIOException("--tls-ca: " + authorities.get(), e);
      }
    }
    return tls ? TlsChannelCredentials.create() : InsecureChannelCredentials.create();
  }
}
