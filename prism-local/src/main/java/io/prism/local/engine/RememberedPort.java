package io.prism.local.engine;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;

/** A loopback port that stays the same across restarts for as long as nobody else takes it. */
final class RememberedPort {
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

  private RememberedPort() {}

  /** The port noted in the file when it is free, otherwise a free one that is then noted there. */
  static int in(Path file) {
    try {
      int remembered = read(file);
      if (remembered != 0 && isFree(remembered)) {
        return remembered;
      }
      int chosen = bind(0);
      Files.createDirectories(file.getParent());
      Files.writeString(file, chosen + "\n");
      return chosen;
    } catch (IOException e) {
      throw new StartException("cannot choose a port for " + file.getFileName() + ": " + e, e);
    }
  }

  private static int read(Path file) throws IOException {
    if (!Files.exists(file)) {
      return 0;
    }
    try {
      int port = Integer.parseInt(Files.readString(file).strip());
      return port > 0 && port <= 0xffff ? port : 0;
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  private static boolean isFree(int port) {
    try {
      return bind(port) == port;
    } catch (IOException e) {
      return false;
    }
  }

  private static int bind(int port) throws IOException {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(LOOPBACK, port));
      return socket.getLocalPort();
    }
  }
}
