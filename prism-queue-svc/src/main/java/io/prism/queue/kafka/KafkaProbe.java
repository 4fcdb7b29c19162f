package io.prism.queue.kafka;

import io.prism.starter.observe.BackendProbe;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;

/** Asks the cluster for its brokers. */
public final class KafkaProbe implements BackendProbe {

  private static final int LIMIT_SECONDS = 3;

  private final Admin admin;

  public KafkaProbe(Admin admin) {
    this.admin = admin;
  }

  @Override
  public String name() {
    return "kafka";
  }

  @Override
  public void check() throws Exception {
    admin
        .describeCluster(new DescribeClusterOptions().timeoutMs(LIMIT_SECONDS * 1000))
        .nodes()
        .get(LIMIT_SECONDS, TimeUnit.SECONDS);
  }
}
