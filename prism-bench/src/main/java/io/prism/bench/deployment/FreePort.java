package io.prism.bench.deployment;

import io.prism.local.engine.StartException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A free loopback port, below those that systems give to outgoing connections: a client that tries
 * again and again to reach a service that is down could otherwise be given the service's own port.
 */
final class FreePort {
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
  private static final int FIRST = 15_000;
  private static final int END = 32_000;
  private static final int TRIES = 100;

  private FreePort() {}

  static int choose() {
    for (int i = 0; i < TRIES; i++) {
      int port = ThreadLocalRandom.current().nextInt(FIRST, END);
      if (isFree(port)) {
        return port;
      }
    }
    throw new StartException(
        "none of %d ports from %d to %d is free".formatted(TRIES, FIRST, END - 1));
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(LOOPBACK, port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
