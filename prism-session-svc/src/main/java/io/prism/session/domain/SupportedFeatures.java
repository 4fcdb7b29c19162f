package io.prism.session.domain;

import io.prism.starter.error.PrismException;
import java.time.Duration;
import java.util.List;

/** What clients can use: the services that are reachable, and their features. Thread-safe. */
public final class SupportedFeatures {

  private static final Duration REACHABLE = Duration.ofSeconds(10);

  private final InstanceStore instances;
  private volatile List<String> names = List.of();

  public SupportedFeatures(InstanceStore instances) {
    this.instances = instances;
  }

  /** As of the last look, a second or so ago. */
  public List<String> names() {
    return names;
  }

  /** Looks again; in an outage what is known stays. */
  public void refresh() {
    try {
      names = instances.reachable(REACHABLE);
    } catch (PrismException e) {
      // The store is down and said so already; sessions cannot be created anyway.
    }
  }
}
