package io.prism.vector.testing;

import io.prism.config.v1.VectorConfig;
import io.prism.starter.testing.PrismTestServer;
import io.prism.vector.VectorApplication;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** The Vector service with its own configuration, on a real socket behind the real chain. */
public final class Fixture implements AutoCloseable {

  private final ConfigurableApplicationContext context;
  private final PrismTestServer server;

  /**
   * Starts an instance of the service.
   *
   * @param properties {@code name=value}
   */
  public Fixture(List<String> properties) {
    List<String> arguments = new ArrayList<>();
    arguments.add("--spring.config.name=prism-vector");
    arguments.add("--spring.grpc.server.enabled=false");
    arguments.add("--prism.session.feed.address=false");
    arguments.add("--prism.backend.open-for=200ms");
    properties.forEach(property -> arguments.add("--" + property));
    context =
        new SpringApplicationBuilder(VectorApplication.class)
            .web(WebApplicationType.NONE)
            .run(arguments.toArray(String[]::new));
    server = PrismTestServer.of(context).start();
  }

  public ConfigurableApplicationContext context() {
    return context;
  }

  /** A client in a namespace that no other test uses. */
  public Client client() {
    return client(newNamespace());
  }

  public static String newNamespace() {
    return "t" + UUID.randomUUID().toString().replace("-", "");
  }

  public Client client(String namespace) {
    return client(namespace, VectorConfig.newBuilder());
  }

  /** A client in a namespace of its own, whose session has this configuration. */
  public Client client(VectorConfig.Builder config) {
    return client(newNamespace(), config);
  }

  /** A client whose session has this configuration. */
  public Client client(String namespace, VectorConfig.Builder config) {
    return new Client(server, namespace, "vector:write", config.build());
  }

  /** A client that may only read. */
  public Client reader(String namespace) {
    return new Client(server, namespace, "vector:read", VectorConfig.getDefaultInstance());
  }

  @Override
  public void close() {
    server.close();
    context.close();
  }
}
