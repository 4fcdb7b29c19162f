package io.prism.starter.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.protobuf.services.HealthStatusManager;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.prism.starter.testing.Await;
import io.prism.starter.testing.PrismTestServer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ServiceHealthTest {

  private static final String QUEUE = "prism.queue.v1.QueueService";
  private static final String OTHER = "prism.reader.v1.ReaderService";

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final HealthStatusManager grpcHealth = new HealthStatusManager();
  private final PrismTestServer server = PrismTestServer.of(grpcHealth.getHealthService()).start();
  private final HealthGrpc.HealthBlockingStub client = stub(server.channel());
  private final AtomicBoolean down = new AtomicBoolean();

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void aServiceIsNotServingUntilItsStoresHaveAnswered() throws Exception {
    CountDownLatch answer = new CountDownLatch(1);
    ServiceHealth health = health(BackendProbe.of("store", answer::await), QUEUE, "");
    health.start();
    assertThat(statusOf(QUEUE)).isEqualTo(ServingStatus.NOT_SERVING);
    answer.countDown();
    awaitStatus(QUEUE, ServingStatus.SERVING);
    awaitStatus("", ServingStatus.SERVING);
    health.stop();
  }

  @Test
  void anOutageShowsAndTheServiceRecoversByItself() {
    ServiceHealth health = health(BackendProbe.of("store", this::checkStore), QUEUE);
    health.start();
    awaitStatus(QUEUE, ServingStatus.SERVING);
    assertThat(health.health().getStatus().getCode()).isEqualTo("UP");
    assertThat(up("store")).isEqualTo(1);

    down.set(true);
    awaitStatus(QUEUE, ServingStatus.NOT_SERVING);
    assertThat(health.health().getStatus().getCode()).isEqualTo("OUT_OF_SERVICE");
    assertThat(health.health().getDetails()).containsEntry("store", "down");
    assertThat(health.health().getDetails().toString()).doesNotContain("db-host-17");
    assertThat(up("store")).isZero();

    down.set(false);
    awaitStatus(QUEUE, ServingStatus.SERVING);
    health.stop();
  }

  @Test
  void aProbeThatHangsIsAnOutageAndIsNotAskedTwiceAtOnce() {
    AtomicInteger asking = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    AtomicInteger interruptions = new AtomicInteger();
    CountDownLatch never = new CountDownLatch(1);
    ServiceHealth health =
        health(
            BackendProbe.of(
                "store",
                () -> {
                  most.accumulateAndGet(asking.incrementAndGet(), Math::max);
                  boolean interrupted = true;
                  while (interrupted) {
                    try {
                      never.await();
                      interrupted = false;
                    } catch (InterruptedException e) {
                      // A client that does not heed it.
                      interruptions.incrementAndGet();
                    }
                  }
                  asking.decrementAndGet();
                }),
            QUEUE);
    health.start();
    awaitStatus(QUEUE, ServingStatus.NOT_SERVING);
    Await.until("an interruption", () -> interruptions.get() > 0);
    never.countDown();
    awaitStatus(QUEUE, ServingStatus.SERVING);
    assertThat(most).hasValue(1);
    health.stop();
  }

  @Test
  void onlyTheServicesOfTheOwnContextAreTouched() {
    grpcHealth.setStatus(OTHER, ServingStatus.SERVING);
    grpcHealth.setStatus("", ServingStatus.SERVING);
    down.set(true);
    ServiceHealth health = health(BackendProbe.of("store", this::checkStore), QUEUE);
    health.start();
    awaitStatus(QUEUE, ServingStatus.NOT_SERVING);
    assertThat(statusOf(OTHER)).isEqualTo(ServingStatus.SERVING);
    assertThat(statusOf("")).isEqualTo(ServingStatus.SERVING);
    health.stop();
  }

  @Test
  void aDrainingServiceStaysNotServingThoughItsStoresWork() {
    ServiceHealth health = health(BackendProbe.of("store", this::checkStore), QUEUE, "");
    health.start();
    awaitStatus(QUEUE, ServingStatus.SERVING);
    health.drain();
    assertThat(statusOf(QUEUE)).isEqualTo(ServingStatus.NOT_SERVING);
    assertThat(statusOf("")).isEqualTo(ServingStatus.NOT_SERVING);
    assertThat(health.isServing()).isFalse();
    health.stop();
  }

  private void checkStore() throws IOException {
    if (down.get()) {
      throw new IOException("db-host-17 refused");
    }
  }

  private ServiceHealth health(BackendProbe probe, String... services) {
    return new ServiceHealth(
        List.of(probe),
        Duration.ofMillis(20),
        Duration.ofMillis(200),
        List.of(services),
        grpcHealth,
        meters);
  }

  private double up(String backend) {
    return meters.get("prism.backend.up").tag("backend", backend).gauge().value();
  }

  private void awaitStatus(String service, ServingStatus status) {
    Await.value(service + " " + status, () -> statusOf(service), status::equals);
  }

  private ServingStatus statusOf(String service) {
    try {
      return client.check(HealthCheckRequest.newBuilder().setService(service).build()).getStatus();
    } catch (StatusRuntimeException e) {
      assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
      return ServingStatus.SERVICE_UNKNOWN;
    }
  }

  private static HealthGrpc.HealthBlockingStub stub(ManagedChannel channel) {
    return HealthGrpc.newBlockingStub(channel);
  }
}
