package io.prism.queue.testing;

import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.prism.config.v1.ClientConfig;
import io.prism.queue.QueueApplication;
import io.prism.queue.testing.QueueFixture.Client;
import io.prism.starter.auth.Session;
import io.prism.starter.auth.SessionInterceptor;
import io.prism.starter.auth.SessionRegistry;
import io.prism.starter.testing.Await;
import io.prism.starter.testing.FakeSessionFeed;
import io.prism.starter.testing.FreePort;
import io.prism.starter.testing.JwksServer;
import io.prism.starter.testing.ReplicaProcess;
import io.prism.starter.testing.TokenMinter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Replicas of the Queue service as they are deployed: with servers, sessions and peers of their
 * own, numbered from 0. They share the broker of this JVM.
 */
public final class QueueDeployment implements AutoCloseable {

  static final String INTERNAL_TOKEN = "internal-token-of-this-test-deployment";

  private static final Duration START_LIMIT = Duration.ofSeconds(60);

  private final TokenMinter minter = new TokenMinter();
  private final JwksServer jwks = new JwksServer(minter::jwks);
  private final FakeSessionFeed feed = new FakeSessionFeed();
  private final int[] ports;
  private final List<String> properties;
  private final Map<Integer, ConfigurableApplicationContext> contexts = new HashMap<>();
  private final Map<Integer, ReplicaProcess> processes = new HashMap<>();
  private final Queue<ManagedChannel> channels = new ConcurrentLinkedQueue<>();

  /**
   * A deployment that has not started a replica yet.
   *
   * @param replicas how many there may be
   * @param properties that all of them have, {@code name=value}
   */
  public QueueDeployment(int replicas, String... properties) {
    ports = IntStream.range(0, replicas).map(i -> FreePort.find()).toArray();
    this.properties = new ArrayList<>(List.of(properties));
    this.properties.add("spring.config.name=prism-queue");
    this.properties.add("spring.kafka.bootstrap-servers=" + KafkaFixture.bootstrapServers());
    this.properties.add("spring.grpc.server.address=127.0.0.1");
    this.properties.add("prism.session.jwks-uri=" + jwks.uri());
    this.properties.add("prism.session.feed.address=" + feed.address());
    this.properties.add("prism.session.feed.report-interval=200ms");
    this.properties.add("prism.internal.token=" + INTERNAL_TOKEN);
    this.properties.add(
        "prism.peer.addresses="
            + IntStream.of(ports)
                .mapToObj(port -> "127.0.0.1:" + port)
                .collect(Collectors.joining(",")));
  }

  private List<String> argumentsOf(int replica) {
    List<String> arguments = new ArrayList<>();
    properties.forEach(property -> arguments.add("--" + property));
    arguments.add("--spring.grpc.server.port=" + ports[replica]);
    return arguments;
  }

  /** Starts a replica in this JVM. */
  public ConfigurableApplicationContext start(int replica) {
    ConfigurableApplicationContext context =
        new SpringApplicationBuilder(QueueApplication.class)
            .web(WebApplicationType.NONE)
            .registerShutdownHook(false)
            .run(argumentsOf(replica).toArray(String[]::new));
    contexts.put(replica, context);
    Await.until("sessions", () -> context.getBean(SessionRegistry.class).isFresh());
    return context;
  }

  /** Starts a replica in a process of its own; returns at once. */
  public ReplicaProcess startProcess(int replica) {
    List<String> arguments = argumentsOf(replica);
    arguments.add("--spring.main.web-application-type=none");
    ReplicaProcess process = new ReplicaProcess(QueueApplication.class, arguments);
    processes.put(replica, process);
    return process;
  }

  /** Waits until a replica serves calls and all those in this JVM know so many others. */
  public void awaitKnown(int others) {
    contexts.forEach(
        (number, context) ->
            Await.until(
                "replica " + number + " knows the others",
                START_LIMIT,
                () ->
                    context
                            .getBean(io.micrometer.core.instrument.MeterRegistry.class)
                            .get("prism.peers")
                            .tag("state", "known")
                            .gauge()
                            .value()
                        == others));
  }

  /** Stops a replica as an orchestrator would: it drains. */
  public void stop(int replica) {
    ConfigurableApplicationContext context = contexts.remove(replica);
    if (context != null) {
      context.close();
    }
  }

  public FakeSessionFeed feed() {
    return feed;
  }

  int port(int replica) {
    return ports[replica];
  }

  /** A session whose new topics have some number of partitions. */
  public Session session(String namespace, int partitions) {
    ClientConfig.Builder config = ClientConfig.newBuilder();
    config.getQueueBuilder().setPartitions(partitions);
    return minter.session().namespace(namespace).config(config.build()).build();
  }

  /** A client of a session, connected to one replica. */
  public Client client(int replica, Session session) {
    Metadata headers = new Metadata();
    headers.put(SessionInterceptor.TOKEN, minter.token(session));
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", ports[replica])
            .usePlaintext()
            .intercept(MetadataUtils.newAttachHeadersInterceptor(headers))
            .build();
    channels.add(channel);
    return new Client(channel);
  }

  @Override
  public void close() {
    channels.forEach(ManagedChannel::shutdownNow);
    processes.values().forEach(ReplicaProcess::close);
    List.copyOf(contexts.keySet()).forEach(this::stop);
    feed.close();
    jwks.close();
  }
}
