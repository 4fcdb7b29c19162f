package io.prism.local;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prism.local.engine.StartException;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class FreePortsTest {
  @Test
  void nameTheTakenPortAndTheVariableThatChangesIt() throws Exception {
    int free = freePort();
    try (ServerSocket taken = new ServerSocket(0)) {
      int port = taken.getLocalPort();

      assertThatThrownBy(() -> FreePorts.require(settings(port, free)))
          .isInstanceOf(StartException.class)
          .hasMessage(
              "the gRPC port %d is taken by another process: end it, or set PRISM_PORT to a free"
                  + " port",
              port);
      assertThatThrownBy(() -> FreePorts.require(settings(free, port)))
          .isInstanceOf(StartException.class)
          .hasMessageStartingWith("the management port %d is taken", port)
          .hasMessageContaining("set PRISM_MANAGEMENT_PORT to a free port");
    }
  }

  @Test
  void areStillFreeAfterwards() throws Exception {
    LocalSettings settings = settings(freePort(), freePort());

    assertThatCode(
            () -> {
              FreePorts.require(settings);
              FreePorts.require(settings);
            })
        .doesNotThrowAnyException();
  }

  @Test
  void areTwo() {
    assertThatThrownBy(() -> FreePorts.require(settings(8980, 8980)))
        .hasMessage(
            "port 8980 is asked for twice: set PRISM_PORT or PRISM_MANAGEMENT_PORT to another one");
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static LocalSettings settings(int port, int managementPort) {
    return new LocalSettings(Path.of("home"), Path.of("data"), port, managementPort, false);
  }
}
