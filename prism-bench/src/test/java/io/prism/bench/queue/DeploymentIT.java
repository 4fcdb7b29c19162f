package io.prism.bench.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.StatusRuntimeException;
import io.prism.bench.client.PrismClient;
import io.prism.bench.deployment.Deployed;
import io.prism.bench.deployment.Deployment;
import io.prism.bench.deployment.Service;
import io.prism.bench.deployment.ServiceProcess;
import io.prism.config.v1.ClientConfig;
import io.prism.queue.v1.PublishRequest;
import io.prism.queue.v1.QueueServiceGrpc;
import io.prism.starter.testing.Await;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What tests with real processes stand on. */
@ExtendWith(Deployed.class)
final class DeploymentIT {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  @Test
  void replicasServeTheSameDataAtAddressesOfTheirOwnAndAreKilledOneByOne(Deployment deployment)
      throws InterruptedException {
    ServiceProcess first = deployment.service(Service.QUEUE);
    try (ServiceProcess second = deployment.replica(Service.QUEUE, Map.of());
        PrismClient toFirst = client(deployment, first);
        PrismClient toSecond = client(deployment, second)) {
      assertThat(second.address()).isNotEqualTo(first.address());
      long before = publish(toFirst);
      assertThat(publish(toSecond)).isEqualTo(before + 1);

      ProcessHandle process = ProcessHandle.of(second.pid()).orElseThrow();
      second.kill();

      assertThat(process.isAlive()).isFalse();
      assertThat(second.isAlive()).isFalse();
      assertThat(publish(toFirst)).isEqualTo(before + 2);
    }
  }

  @Test
  void theBrokerStopsAndStartsOnItsData(Deployment deployment) throws InterruptedException {
    try (PrismClient client = client(deployment, deployment.service(Service.QUEUE))) {
      long before = publish(client);

      deployment.kafka().stop();
      deployment.kafka().start();

      Await.value(
          "a message is published", LIMIT, () -> published(client), after -> after > before);
    }
  }

  private static PrismClient client(Deployment deployment, ServiceProcess process)
      throws InterruptedException {
    return PrismClient.open(
        deployment.service(Service.SESSION).address(),
        deployment.apiKey(),
        process.address(),
        ClientConfig.getDefaultInstance());
  }

  private static long published(PrismClient client) {
    try {
      return publish(client);
    } catch (StatusRuntimeException e) {
      return -1;
    }
  }

  /** The offset of a new message in the one partition that all go to. */
  private static long publish(PrismClient client) {
    return QueueServiceGrpc.newBlockingStub(client.channel())
        .withDeadlineAfter(LIMIT.toSeconds(), TimeUnit.SECONDS)
        .publish(PublishRequest.newBuilder().setTopic("deployment").setPartition(0).build())
        .getOffset();
  }
}
