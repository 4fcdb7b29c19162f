package io.prism.objectstore;

import static io.prism.starter.testing.Failures.failsWith;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.StatusRuntimeException;
import io.prism.objectstore.testing.Client;
import io.prism.objectstore.testing.FilesStand;
import io.prism.objectstore.testing.Fixture;
import io.prism.starter.error.CallReason;
import io.prism.starter.observe.BackendProbe;
import io.prism.starter.testing.Await;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The index goes away and comes back. */
class FilesOutageTest {

  @Test
  void withoutTheIndexCallsAreUnavailableAndThenTheyWorkAgain() throws Exception {
    FilesStand stand = new FilesStand();
    List<String> properties = new ArrayList<>(stand.properties());
    properties.add("spring.datasource.hikari.connection-timeout=500");
    try (Fixture fixture = new Fixture(false, properties)) {
      Client client = fixture.client();
      client.put("k", "x");
      BackendProbe probe = fixture.context().getBean("postgresqlProbe", BackendProbe.class);
      probe.check();
      stand.database().cutOff();
      try {
        failsWith(CallReason.BACKEND_UNAVAILABLE, () -> client.get("k"));
        failsWith(CallReason.BACKEND_UNAVAILABLE, () -> client.put("k", "y"));
        failsWith(CallReason.BACKEND_UNAVAILABLE, () -> client.keys());
        assertThatThrownBy(probe::check).isNotNull();
      } finally {
        stand.database().restore();
      }
      // A connection from before may fail one call more.
      Await.until("recovery", () -> works(client));
    }
  }

  private static boolean works(Client client) {
    try {
      return client.get("k").toStringUtf8().equals("x");
    } catch (StatusRuntimeException e) {
      return false;
    }
  }
}
