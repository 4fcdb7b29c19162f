package io.prism.pubsub;

import io.prism.pubsub.testing.PubSubFixture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

final class InProcessTest extends PubSubContract {

  private static PubSubFixture service;

  @BeforeAll
  static void start() {
    service = PubSubFixture.inProcess();
  }

  @AfterAll
  static void stop() {
    service.close();
  }

  @Override
  PubSubFixture service() {
    return service;
  }
}
