package io.prism.timeseries.testing;

import io.prism.config.v1.TimeSeriesConfig;
import io.prism.starter.testing.PrismTestServer;
import io.prism.timeseries.TimeSeriesApplication;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** The TimeSeries service with its own configuration, on a real socket behind the real chain. */
public final class Fixture implements AutoCloseable {

  private final ConfigurableApplicationContext context;
  private final PrismTestServer server;

  /**
   * Starts an instance of the service, whose rollups are soon up to date.
   *
   * @param properties {@code name=value}
   */
  public Fixture(List<String> properties) {
    List<String> arguments = new ArrayList<>();
    arguments.add("--spring.config.name=prism-timeseries");
    arguments.add("--spring.grpc.server.enabled=false");
    arguments.add("--prism.session.feed.address=false");
    arguments.add("--prism.backend.open-for=200ms");
    arguments.add("--prism.timeseries.rollup.settle=200ms");
    arguments.add("--prism.timeseries.rollup.at-latest=1s");
    properties.forEach(property -> arguments.add("--" + property));
    context =
        new SpringApplicationBuilder(TimeSeriesApplication.class)
            .web(WebApplicationType.NONE)
            .run(arguments.toArray(String[]::new));
    server = PrismTestServer.of(context).start();
  }

  public ConfigurableApplicationContext context() {
    return context;
  }

  public PrismTestServer server() {
    return server;
  }

  /** A client in a namespace that no other test uses. */
  public Client client() {
    return client(newNamespace());
  }

  public static String newNamespace() {
    return "t" + UUID.randomUUID().toString().replace("-", "");
  }

  public Client client(String namespace) {
    return client(namespace, TimeSeriesConfig.getDefaultInstance());
  }

  /** A client whose session has this configuration. */
  public Client client(String namespace, TimeSeriesConfig config) {
    return new Client(server, namespace, "timeseries:write", config);
  }

  /** A client that may only read. */
  public Client reader(String namespace) {
    return new Client(server, namespace, "timeseries:read", TimeSeriesConfig.getDefaultInstance());
  }

  @Override
  public void close() {
    server.close();
    context.close();
  }
}
