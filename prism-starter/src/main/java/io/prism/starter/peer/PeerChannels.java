package io.prism.starter.peer;

import io.grpc.ManagedChannel;
import java.net.InetSocketAddress;

/** Opens channels to replicas. */
@FunctionalInterface
public interface PeerChannels {

  /**
   * A channel that has not connected yet.
   *
   * @param host the configured host that the address is one of, which the certificate there must
   *     name
   */
  ManagedChannel open(InetSocketAddress address, String host);
}
