package io.prism.local;

import io.prism.local.engine.StartException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

/**
 * Looks at the ports users see before anything is started, to say which is taken and what to do.
 */
final class FreePorts {
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
  private static final int CONNECT_MILLIS = 500;

  private FreePorts() {}

  static void require(LocalSettings settings) {
    if (settings.port() == settings.managementPort()) {
      throw new StartException(
          "port %d is asked for twice: set %s or %s to another one"
              .formatted(settings.port(), LocalSettings.PORT, LocalSettings.MANAGEMENT_PORT));
    }
    require("gRPC", settings.port(), LocalSettings.PORT);
    require("management", settings.managementPort(), LocalSettings.MANAGEMENT_PORT);
  }

  private static void require(String use, int port, String variable) {
    if (answers(port) || !canBind(port)) {
      throw new StartException(
          "the %s port %d is taken by another process: end it, or set %s to a free port"
              .formatted(use, port, variable));
    }
  }

  /** Where a server listens on all addresses, macOS lets another bind one of them. */
  private static boolean answers(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(LOOPBACK, port), CONNECT_MILLIS);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean canBind(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(LOOPBACK, port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
