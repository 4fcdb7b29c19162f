package io.prism.queue;

import io.prism.queue.testing.GroupLoad;
import io.prism.queue.testing.KafkaFixture;
import io.prism.queue.testing.QueueDeployment;
import io.prism.queue.testing.QueueFixture;
import io.prism.queue.testing.QueueFixture.Client;
import io.prism.queue.testing.RetryingClient;
import io.prism.starter.auth.Session;
import io.prism.starter.testing.ReplicaProcess;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * A group under load at three replicas, each acknowledgement by way of a replica that does not have
 * the stream, while replicas come and go.
 */
final class ReplicasTest {

  private static final int PARTITIONS = 6;
  private static final int PUBLISHERS = 3;
  private static final int SUBSCRIBERS = 4;
  private static final int STEADY = 0;
  private static final int KILLED = 1;
  private static final int DRAINED = 2;
  private static final int ADDED = 3;

  private final String namespace = QueueFixture.newNamespace();

  @Test
  void nothingIsLostWhileReplicasAreKilledAddedAndDrained() throws Exception {
    try (QueueDeployment deployment =
        new QueueDeployment(4, "prism.peer.time-limit=1s", "prism.peer.forget-after=2s")) {
      ReplicaProcess process = deployment.startProcess(KILLED);
      deployment.start(STEADY);
      deployment.start(DRAINED);
      deployment.awaitKnown(2);
      Session session = deployment.session(namespace, PARTITIONS);
      List<Client> replicas =
          IntStream.range(0, 4).mapToObj(replica -> deployment.client(replica, session)).toList();
      RetryingClient client = new RetryingClient(replicas);
      IntStream.of(STEADY, KILLED, DRAINED).forEach(client::addEndpoint);
      try (GroupLoad load = new GroupLoad(client, replicas)) {
        IntStream.range(0, PUBLISHERS).forEach(i -> load.addPublisher());
        IntStream.range(0, SUBSCRIBERS).forEach(i -> load.addSubscriber());
        load.awaitProgress("under way");
        process.kill();
        load.awaitPublished(100);
        client.removeEndpoint(KILLED);
        load.awaitProgress("after one was killed");
        deployment.start(ADDED);
        client.addEndpoint(ADDED);
        load.addSubscriber();
        load.awaitProgress("after one was added");
        deployment.stop(DRAINED);
        load.awaitPublished(100);
        client.removeEndpoint(DRAINED);
        load.awaitProgress("after one was drained");
        load.finish(KafkaFixture.bootstrapServers(), namespace);
        System.out.println("replicas: " + load);
      }
    }
  }

  /**
   * A stopped replica stays an endpoint until it is gone, which is the worst that a Service does.
   */
  @Test
  void nothingIsLostAndNoCallFailsInARollingRestart() throws Exception {
    try (QueueDeployment deployment = new QueueDeployment(3)) {
      IntStream.range(0, 3).forEach(deployment::start);
      deployment.awaitKnown(2);
      Session session = deployment.session(namespace, PARTITIONS);
      List<Client> replicas =
          IntStream.range(0, 3).mapToObj(replica -> deployment.client(replica, session)).toList();
      RetryingClient client = new RetryingClient(replicas);
      IntStream.range(0, 3).forEach(client::addEndpoint);
      try (GroupLoad load = new GroupLoad(client, replicas)) {
        IntStream.range(0, PUBLISHERS).forEach(i -> load.addPublisher());
        IntStream.range(0, SUBSCRIBERS).forEach(i -> load.addSubscriber());
        load.awaitProgress("under way");
        for (int replica = 0; replica < 3; replica++) {
          deployment.stop(replica);
          client.removeEndpoint(replica);
          load.awaitProgress("without replica " + replica);
          deployment.start(replica);
          client.addEndpoint(replica);
          load.awaitProgress("with replica " + replica + " again");
        }
        load.finish(KafkaFixture.bootstrapServers(), namespace);
        System.out.println("rolling restart: " + load);
      }
    }
  }
}
