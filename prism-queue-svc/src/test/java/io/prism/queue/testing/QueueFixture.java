package io.prism.queue.testing;

import io.grpc.ManagedChannel;
import io.prism.config.v1.ClientConfig;
import io.prism.queue.QueueApplication;
import io.prism.queue.v1.QueueServiceGrpc;
import io.prism.queue.v1.QueueServiceGrpc.QueueServiceBlockingStub;
import io.prism.starter.testing.PrismTestServer;
import io.prism.starter.testing.TokenMinter.SessionSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** The Queue service with its own configuration, on a real socket behind the real chain. */
public final class QueueFixture implements AutoCloseable {

  private static @Nullable QueueFixture shared;

  private final ConfigurableApplicationContext context;
  private final PrismTestServer server;

  /**
   * Starts the service against the shared broker.
   *
   * @param properties further properties, {@code name=value}
   */
  public QueueFixture(String... properties) {
    this(KafkaFixture.bootstrapServers(), properties);
  }

  private QueueFixture(String bootstrapServers, String... properties) {
    List<String> arguments = new ArrayList<>();
    arguments.add("--spring.config.name=prism-queue");
    arguments.add("--spring.grpc.server.enabled=false");
    arguments.add("--spring.kafka.bootstrap-servers=" + bootstrapServers);
    arguments.add("--prism.session.feed.address=false");
    for (String property : properties) {
      if (!property.isEmpty()) {
        arguments.add("--" + property);
      }
    }
    context =
        new SpringApplicationBuilder(QueueApplication.class)
            .web(WebApplicationType.NONE)
            .run(arguments.toArray(String[]::new));
    server = PrismTestServer.of(context).start();
  }

  /** The service as it is by default, one for all tests of this JVM. */
  public static synchronized QueueFixture shared() {
    QueueFixture running = shared;
    if (running == null) {
      running = new QueueFixture();
      shared = running;
    }
    return running;
  }

  /** The service against another broker. */
  public static QueueFixture on(String bootstrapServers, String... properties) {
    return new QueueFixture(bootstrapServers, properties);
  }

  public ConfigurableApplicationContext context() {
    return context;
  }

  public PrismTestServer server() {
    return server;
  }

  /** A client with a session of its own in a namespace. */
  public Client client(String namespace) {
    return client(session(namespace));
  }

  public Client client(SessionSpec session) {
    return new Client(server.channel(session.token()));
  }

  /** A client that takes so many bytes of a stream before it is asked for any. */
  public Client client(SessionSpec session, int windowBytes) {
    return new Client(server.channel(session.token(), windowBytes));
  }

  /** A session to be, which may do everything. */
  public SessionSpec session(String namespace) {
    return server.tokens().session().namespace(namespace);
  }

  /** A session whose new topics have some number of partitions. */
  public SessionSpec session(String namespace, int partitions) {
    ClientConfig.Builder config = ClientConfig.newBuilder();
    config.getQueueBuilder().setPartitions(partitions);
    return session(namespace).config(config.build());
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

  /** A client's connection. */
  public record Client(ManagedChannel channel) {

    public QueueServiceBlockingStub queue() {
      return QueueServiceGrpc.newBlockingStub(channel).withDeadlineAfter(30, TimeUnit.SECONDS);
    }

    public QueueServiceGrpc.QueueServiceStub async() {
      return QueueServiceGrpc.newStub(channel);
    }
  }
}
