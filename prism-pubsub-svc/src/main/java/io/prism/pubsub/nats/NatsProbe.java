package io.prism.pubsub.nats;

import io.prism.starter.observe.BackendProbe;
import java.util.concurrent.TimeUnit;

/** Asks NATS for an answer. */
public final class NatsProbe implements BackendProbe {

  private static final int LIMIT_SECONDS = 3;

  private final NatsLink link;

  public NatsProbe(NatsLink link) {
    this.link = link;
  }

  @Override
  public String name() {
    return "nats";
  }

  @Override
  public void check() throws Exception {
    link.roundTrip().get(LIMIT_SECONDS, TimeUnit.SECONDS);
  }
}
