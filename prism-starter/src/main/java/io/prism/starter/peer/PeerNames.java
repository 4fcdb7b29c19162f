package io.prism.starter.peer;

import com.google.common.net.HostAndPort;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The configured names of replicas, and the addresses that they stand for. */
final class PeerNames {

  private static final Logger log = LoggerFactory.getLogger(PeerNames.class);

  /**
   * What a look-up found.
   *
   * @param hosts the configured host of each address
   * @param complete whether every name could be looked up; else addresses may be missing
   */
  record Found(Map<InetSocketAddress, String> hosts, boolean complete) {}

  private final List<HostAndPort> names;

  PeerNames(List<String> names) {
    this.names = names.stream().map(PeerNames::parse).toList();
  }

  private static HostAndPort parse(String name) {
    try {
      HostAndPort parsed = HostAndPort.fromString(name.strip());
      if (parsed.hasPort() && !parsed.getHost().isEmpty()) {
        return parsed;
      }
    } catch (IllegalArgumentException e) {
      log.debug("{}", name, e);
    }
    throw new IllegalArgumentException(
        "prism.peer.addresses: '" + name + "' (expected: host:port)");
  }

  boolean isEmpty() {
    return names.isEmpty();
  }

  /** The host to expect at an address that no name stands for, because its owner has told it. */
  String firstHost() {
    return names.getFirst().getHost();
  }

  /** Looks all names up; blocks. */
  Found lookUp() {
    Map<InetSocketAddress, String> hosts = new HashMap<>();
    boolean complete = true;
    for (HostAndPort name : names) {
      try {
        for (InetAddress address : InetAddress.getAllByName(name.getHost())) {
          hosts.put(new InetSocketAddress(address, name.getPort()), name.getHost());
        }
      } catch (UnknownHostException e) {
        log.debug("no address of {} is known", name.getHost(), e);
        complete = false;
      }
    }
    return new Found(hosts, complete);
  }
}
