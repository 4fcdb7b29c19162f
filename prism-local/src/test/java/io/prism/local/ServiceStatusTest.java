package io.prism.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.StatusException;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.prism.queue.v1.QueueServiceGrpc.QueueServiceImplBase;
import io.prism.reader.v1.ReaderServiceGrpc.ReaderServiceImplBase;
import io.prism.session.v1.SessionServiceGrpc.SessionServiceImplBase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class ServiceStatusTest {
  private final HealthStatusManager health = new HealthStatusManager();
  private Server server;

  @BeforeEach
  void start() throws Exception {
    server =
        Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
            .addService(health.getHealthService())
            .addService(ProtoReflectionServiceV1.newInstance())
            .addService(new SessionServiceImplBase() {})
            .addService(new QueueServiceImplBase() {})
            .addService(new ReaderServiceImplBase() {})
            .build()
            .start();
  }

  @AfterEach
  void stop() throws Exception {
    server.shutdownNow().awaitTermination();
  }

  @Test
  void namesEachServiceOfPrismWithItsHealth() throws Exception {
    health.setStatus("prism.session.v1.SessionService", ServingStatus.SERVING);
    health.setStatus("prism.queue.v1.QueueService", ServingStatus.NOT_SERVING);

    assertThat(ServiceStatus.of("127.0.0.1:" + server.getPort()))
        .containsOnly(
            entry("prism.queue.v1.QueueService", "NOT_SERVING"),
            entry("prism.reader.v1.ReaderService", "no health reported"),
            entry("prism.session.v1.SessionService", "SERVING"));
  }

  @Test
  void failsWhereNothingAnswers() throws Exception {
    String address = "127.0.0.1:" + server.getPort();
    stop();

    assertThatThrownBy(() -> ServiceStatus.of(address))
        .isInstanceOf(StatusException.class)
        .hasMessageStartingWith("UNAVAILABLE");
  }
}
