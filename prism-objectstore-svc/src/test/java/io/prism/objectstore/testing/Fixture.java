package io.prism.objectstore.testing;

import io.prism.config.v1.ObjectStoreConfig;
import io.prism.objectstore.ObjectStoreApplication;
import io.prism.starter.testing.PrismTestServer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** The ObjectStore service with its own configuration, on a real socket behind the real chain. */
public final class Fixture implements AutoCloseable {

  private final ConfigurableApplicationContext context;
  private final PrismTestServer server;

  /**
   * Starts an instance of the service.
   *
   * @param web whether it serves HTTP, too
   * @param properties {@code name=value}
   */
  public Fixture(boolean web, List<String> properties) {
    List<String> arguments = new ArrayList<>();
    arguments.add("--spring.config.name=prism-objectstore");
    arguments.add("--spring.grpc.server.enabled=false");
    arguments.add("--server.address=127.0.0.1");
    arguments.add("--prism.session.feed.address=false");
    arguments.add("--prism.backend.open-for=200ms");
    properties.forEach(property -> arguments.add("--" + property));
    context =
        new SpringApplicationBuilder(ObjectStoreApplication.class)
            .web(web ? WebApplicationType.SERVLET : WebApplicationType.NONE)
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
    return client(namespace, ObjectStoreConfig.getDefaultInstance());
  }

  /** A client whose session has this configuration. */
  public Client client(String namespace, ObjectStoreConfig config) {
    return Client.writer(server, namespace, config);
  }

  /** A client that may only read, by its permissions or by its session. */
  public Client reader(String namespace, boolean readOnlySession) {
    return Client.reader(server, namespace, readOnlySession);
  }

  @Override
  public void close() {
    server.close();
    context.close();
  }
}
