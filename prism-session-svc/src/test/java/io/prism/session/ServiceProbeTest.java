package io.prism.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.prism.starter.probe.ServiceProbe;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * What {@code helm test} runs, against a service that works, and in every way that one does not.
 */
final class ServiceProbeTest {

  private static final String SERVICE = "prism.session.v1.SessionService";

  private final String address = "127.0.0.1:" + SharedReplica.get().grpcPort();
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();

  private int probe(Map<String, String> environment, String target, String... services) {
    String[] arguments = new String[services.length + 2];
    arguments[0] = "--target=" + target;
    arguments[1] = "--session=" + address;
    System.arraycopy(services, 0, arguments, 2, services.length);
    return ServiceProbe.run(
        environment, new PrintStream(said, true, StandardCharsets.UTF_8), arguments);
  }

  @Test
  void aServiceThatServesIsWellAndASessionGoesRound() {
    int status =
        probe(
            Map.of("PRISM_API_KEY", SessionReplica.BOOTSTRAP_KEY),
            address,
            SERVICE,
            "prism.config.v1.ConfigService");

    assertThat(status).isZero();
    assertThat(said.toString(StandardCharsets.UTF_8))
        .contains(SERVICE + " at " + address + ": SERVING", "created, read and closed");
  }

  @Test
  void withoutAKeyOnlyHealthIsAsked() {
    assertThat(probe(Map.of(), address, SERVICE)).isZero();
    assertThat(said.toString(StandardCharsets.UTF_8)).contains("no session is created");
  }

  @Test
  void aServiceThatIsNotThereAWrongKeyAndAMissingFileFail() {
    assertThat(probe(Map.of(), address, "prism.queue.v1.QueueService")).isEqualTo(1);
    assertThat(probe(Map.of("PRISM_API_KEY", "root.wrong"), address, SERVICE)).isEqualTo(1);
    assertThat(probe(Map.of("PRISM_TLS_CA", "/no/such/file"), address, SERVICE)).isEqualTo(1);
    assertThat(said.toString(StandardCharsets.UTF_8))
        .contains("NOT_FOUND", "UNAUTHENTICATED", "/no/such/file")
        .doesNotContain("root.wrong");
  }

  @Test
  void wrongArgumentsAreToldFromFailures() {
    assertThat(probe(Map.of(), address)).isEqualTo(2);
    assertThat(said.toString(StandardCharsets.UTF_8)).contains("usage");
  }
}
