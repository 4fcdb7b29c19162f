package io.prism.pubsub.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.prism.pubsub.PubSubApplication;
import io.prism.starter.auth.Session;
import io.prism.starter.observe.BackendProbe;
import io.prism.starter.testing.Await;
import io.prism.starter.testing.PrismTestServer;
import io.prism.starter.testing.TokenMinter.SessionSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** The PubSub service with its own configuration, on a real socket behind the real chain. */
public final class PubSubFixture implements AutoCloseable {

  private final ConfigurableApplicationContext context;
  private final PrismTestServer server;

  private PubSubFixture(List<String> properties) {
    List<String> arguments = new ArrayList<>();
    arguments.add("--spring.config.name=prism-pubsub");
    arguments.add("--spring.grpc.server.enabled=false");
    arguments.add("--prism.session.feed.address=false");
    properties.forEach(property -> arguments.add("--" + property));
    context =
        new SpringApplicationBuilder(PubSubApplication.class)
            .web(WebApplicationType.NONE)
            .run(arguments.toArray(String[]::new));
    server = PrismTestServer.of(context).start();
  }

  /**
   * The service within one process.
   *
   * @param properties further properties, {@code name=value}
   */
  public static PubSubFixture inProcess(String... properties) {
    return new PubSubFixture(with("prism.pubsub.broker=in-process", properties));
  }

  /** The service on the NATS of this JVM. */
  public static PubSubFixture nats(String... properties) {
    return on(NatsFixture.url(), properties);
  }

  /** The service on some NATS, to which it is connected. */
  public static PubSubFixture on(String url, String... properties) {
    PubSubFixture service = started(url, properties);
    Await.until("a connection to NATS", service::isConnected);
    return service;
  }

  /** The service on some NATS, which may be down. */
  public static PubSubFixture started(String url, String... properties) {
    return new PubSubFixture(with("prism.pubsub.nats.servers=" + url, properties));
  }

  private static List<String> with(String first, String... more) {
    return Stream.concat(Stream.of(first), Stream.of(more)).toList();
  }

  /** Whether the service finds NATS in order. */
  public boolean isConnected() {
    try {
      context.getBean("natsProbe", BackendProbe.class).check();
      return true;
    } catch (Exception e) {
      return false;
    }
  }

  /** Waits until the service has tried to connect several times, and has not succeeded. */
  public void awaitRefusal() {
    FunctionCounter failures = meters().get("prism.pubsub.nats.connect.failures").functionCounter();
    Await.until("attempts to connect", () -> failures.count() > 2);
    assertThat(isConnected()).isFalse();
  }

  public ConfigurableApplicationContext context() {
    return context;
  }

  public PrismTestServer server() {
    return server;
  }

  public MeterRegistry meters() {
    return context.getBean(MeterRegistry.class);
  }

  /** A client with a session of its own in a namespace. */
  public Client client(String namespace) {
    return client(session(namespace).build());
  }

  public Client client(Session session) {
    return new Client(server.channel(server.tokens().token(session)));
  }

  /** A session to be, which may do everything. */
  public SessionSpec session(String namespace) {
    return server.tokens().session().namespace(namespace);
  }

  /** A namespace that no other test uses. */
  public static String newNamespace() {
    return "t" + UUID.randomUUID().toString().replace("-", "").substring(0, 12);
  }

  @Override
  public void close() {
    server.close();
    context.close();
  }
}
