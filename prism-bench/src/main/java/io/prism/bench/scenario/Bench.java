package io.prism.bench.scenario;

import io.prism.bench.client.PrismClient;
import io.prism.bench.deployment.Deployment;
import io.prism.bench.deployment.Service;
import io.prism.config.v1.ClientConfig;
import java.util.ArrayDeque;
import java.util.Deque;

/** Where one scenario runs. Closing it leaves the deployment as it is. */
public final class Bench implements AutoCloseable {
  private final Deployment deployment;
  private final Effort effort;
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();

  public Bench(Deployment deployment, Effort effort) {
    this.deployment = deployment;
    this.effort = effort;
  }

  /** The services and stores to be measured. */
  public Deployment deployment() {
    return deployment;
  }

  /** How much to do. */
  public Effort effort() {
    return effort;
  }

  /** A client of a service with a session of its own, over one connection. */
  public PrismClient client(Service service) throws InterruptedException {
    return client(service, ClientConfig.getDefaultInstance());
  }

  /**
   * The same with a configuration.
   *
   * @param config without a namespace
   */
  public PrismClient client(Service service, ClientConfig config) throws InterruptedException {
    return closeLater(
        PrismClient.open(
            deployment.service(Service.SESSION).address(),
            deployment.apiKey(),
            deployment.service(service).address(),
            config));
  }

  /** Has something closed when the scenario is over, the last first. */
  public <T extends AutoCloseable> T closeLater(T resource) {
    opened.push(resource);
    return resource;
  }

  @Override
  public void close() {
    while (!opened.isEmpty()) {
      close(opened.pop());
    }
  }

  private static void close(AutoCloseable resource) {
    try {
      resource.close();
    } catch (Exception e) {
      // The work is measured already, and the processes behind end with the deployment.
      System.err.println("prism bench: " + resource.getClass().getSimpleName() + ": " + e);
    }
  }
}
