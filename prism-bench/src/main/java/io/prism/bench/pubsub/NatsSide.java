package io.prism.bench.pubsub;

import io.nats.client.Connection;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.prism.bench.client.PrismClient;
import io.prism.bench.load.WorkNotDone;
import io.prism.bench.scenario.Bench;
import java.io.IOException;

/** NATS as an application uses it: a connection for each side. */
final class NatsSide {
  private NatsSide() {}

  /** Connects, until the end of the scenario. */
  static Connection connect(Bench bench) throws InterruptedException {
    try {
      return bench.closeLater(
          Nats.connect(
              Options.builder().server("nats://" + bench.deployment().nats().address()).build()));
    } catch (IOException e) {
      throw new WorkNotDone("no connection to NATS", e);
    }
  }

  /** The subject behind a topic of Prism's. */
  static String subject(String topic) {
    return PrismClient.NAMESPACE + "." + topic;
  }
}
