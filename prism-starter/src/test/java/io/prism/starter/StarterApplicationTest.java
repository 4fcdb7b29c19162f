package io.prism.starter;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.tracing.TraceContext;
import io.micrometer.tracing.Tracer;
import io.prism.queue.v1.Message;
import io.prism.queue.v1.PublishRequest;
import io.prism.queue.v1.PublishResponse;
import io.prism.queue.v1.QueueServiceGrpc;
import io.prism.queue.v1.SubscribeRequest;
import io.prism.starter.auth.Session;
import io.prism.starter.auth.SessionInterceptor;
import io.prism.starter.call.LiveStreams;
import io.prism.starter.observe.BackendProbe;
import io.prism.starter.testing.Await;
import io.prism.starter.testing.Failures;
import io.prism.starter.testing.FakeSessionFeed;
import io.prism.starter.testing.JwksServer;
import io.prism.starter.testing.Received;
import io.prism.starter.testing.TestQueue;
import io.prism.starter.testing.TokenMinter;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.grpc.server.lifecycle.GrpcServerLifecycle;

/** A whole service on the starter, as Boot starts it. */
final class StarterApplicationTest {

  private static final TokenMinter minter = new TokenMinter();
  private static final AtomicBoolean storeDown = new AtomicBoolean();
  private static JwksServer jwks;
  private static FakeSessionFeed feed;
  private static ConfigurableApplicationContext application;

  @SpringBootConfiguration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class TinyQueue {

    @Bean
    TestQueue queue(Tracer tracer) {
      return new TestQueue()
          .onPublish(
              (request, response) -> {
                TraceContext trace = tracer.currentTraceContext().context();
                boolean asked = request.getTopic().equals("trace");
                response.onNext(
                    PublishResponse.newBuilder()
                        .setMessageId(
                            !asked ? request.getTopic() : trace == null ? "none" : trace.traceId())
                        .build());
                response.onCompleted();
              });
    }

    @Bean
    PrismFeature feature() {
      return new PrismFeature("queue.test");
    }

    @Bean
    BackendProbe store() {
      return BackendProbe.of(
          "store",
          () -> {
            if (storeDown.get()) {
              throw new IOException("db-host-17 is down");
            }
          });
    }
  }

  @BeforeAll
  static void start() {
    jwks = new JwksServer(minter::jwks);
    feed = new FakeSessionFeed();
    application = run("management.metrics.distribution.slo.grpc.server=10ms,1s");
  }

  private static ConfigurableApplicationContext run(String... properties) {
    return new SpringApplicationBuilder(TinyQueue.class)
        .properties(properties)
        .run(
            "--spring.grpc.server.port=0",
            "--server.port=0",
            "--prism.session.jwks-uri=" + jwks.uri(),
            "--prism.session.feed.address=" + feed.address(),
            "--prism.session.feed.report-interval=50ms",
            "--prism.backend.probe-interval=50ms");
  }

  @AfterAll
  static void stop() {
    application.close();
    feed.close();
    jwks.close();
  }

  @Test
  void aCallIsServedAndItsUseReported() {
    Session session = minter.session().build();
    ManagedChannel channel = channel(application, minter.token(session));
    try {
      awaitHealth(channel, "", ServingStatus.SERVING);
      assertThat(
              QueueServiceGrpc.newBlockingStub(channel)
                  .publish(PublishRequest.newBuilder().setTopic("orders").build())
                  .getMessageId())
          .isEqualTo("orders");
      Await.until("the report", () -> feed.requestsOf(session.id()) == 1);
      assertThat(feed.reports().getFirst().getServicesList())
          .containsExactly("prism.queue.v1.QueueService");
      assertThat(feed.reports().getFirst().getFeaturesList()).containsExactly("queue.test");
    } finally {
      channel.shutdownNow();
    }
  }

  @Test
  void metricsOfCallsSeeTheStatusThatClientsSeeAndHaveAHistogramIfAskedFor() {
    ManagedChannel channel = channel(application, "not-a-token");
    try {
      awaitHealth(channel, "", ServingStatus.SERVING);
      Failures.failureOf(
          () ->
              QueueServiceGrpc.newBlockingStub(channel)
                  .publish(PublishRequest.getDefaultInstance()));
      MeterRegistry meters = application.getBean(MeterRegistry.class);
      Timer timer =
          Await.value(
              "the timer",
              () ->
                  meters
                      .find("grpc.server")
                      .tag("rpc.method", "Publish")
                      .tag("grpc.status_code", "UNAUTHENTICATED")
                      .timer(),
              Objects::nonNull);
      assertThat(timer.takeSnapshot().histogramCounts())
          .extracting(bucket -> bucket.bucket(TimeUnit.MILLISECONDS))
          .containsExactly(10.0, 1000.0);
    } finally {
      channel.shutdownNow();
    }
  }

  @Test
  void theTraceOfTheClientContinues() {
    Metadata headers = new Metadata();
    headers.put(SessionInterceptor.TOKEN, minter.session().token());
    headers.put(
        Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER),
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    ManagedChannel channel = channel(application, headers);
    try {
      awaitHealth(channel, "", ServingStatus.SERVING);
      assertThat(
              QueueServiceGrpc.newBlockingStub(channel)
                  .publish(PublishRequest.newBuilder().setTopic("trace").build())
                  .getMessageId())
          .isEqualTo("0af7651916cd43dd8448eb211c80319c");
    } finally {
      channel.shutdownNow();
    }
  }

  @Test
  void anOutageOfTheStoreShowsInBothHealthChecks() throws Exception {
    ManagedChannel channel = channel(application, "none");
    try {
      awaitHealth(channel, "prism.queue.v1.QueueService", ServingStatus.SERVING);
      Await.until("ready", () -> get("/actuator/health/readiness").statusCode() == 200);
      storeDown.set(true);
      awaitHealth(channel, "prism.queue.v1.QueueService", ServingStatus.NOT_SERVING);
      awaitHealth(channel, "", ServingStatus.NOT_SERVING);
      assertThat(get("/actuator/health/readiness").statusCode()).isEqualTo(503);
      assertThat(get("/actuator/health/liveness").statusCode()).isEqualTo(200);
      assertThat(get("/actuator/health").body()).doesNotContain("db-host-17");
      storeDown.set(false);
      awaitHealth(channel, "", ServingStatus.SERVING);
    } finally {
      storeDown.set(false);
      channel.shutdownNow();
    }
  }

  @Test
  void theManagementPortShowsHealthInfoAndMetricsAndNothingElse() throws Exception {
    assertThat(get("/actuator/prometheus").body())
        .contains("prism_backend_up", "prism_sessions_known", "prism_sessions_staleness_seconds");
    assertThat(get("/actuator/info").statusCode()).isEqualTo(200);
    assertThat(get("/actuator/env").statusCode()).isEqualTo(404);
    assertThat(get("/actuator/heapdump").statusCode()).isEqualTo(404);
    assertThat(get("/actuator/metrics").statusCode()).isEqualTo(404);
  }

  @Test
  void defaultsAreOverriddenByAnything() {
    ConfigurableEnvironment environment = application.getEnvironment();
    assertThat(environment.getProperty("spring.grpc.server.port")).isEqualTo("0");
    assertThat(environment.getProperty("spring.grpc.server.inbound.message.max-size"))
        .isEqualTo("8MB");
    assertThat(environment.getProperty("spring.grpc.server.keepalive.permit.time"))
        .isEqualTo("10s");
    assertThat(environment.getProperty("management.tracing.sampling.probability")).isEqualTo("0.1");
  }

  @Test
  void aMessageAboveTheLimitIsRefused() {
    ManagedChannel channel = channel(application, minter.session().token());
    try {
      awaitHealth(channel, "", ServingStatus.SERVING);
      StatusRuntimeException failure =
          Failures.failureOf(
              () ->
                  QueueServiceGrpc.newBlockingStub(channel)
                      .publish(
                          PublishRequest.newBuilder()
                              .setPayload(
                                  com.google.protobuf.ByteString.copyFrom(
                                      new byte[9 * 1024 * 1024]))
                              .build()));
      assertThat(failure.getStatus().getCode()).isEqualTo(io.grpc.Status.Code.RESOURCE_EXHAUSTED);
    } finally {
      channel.shutdownNow();
    }
  }

  @Test
  void aStoppingServiceDrains() {
    ConfigurableApplicationContext stopping = run("spring.application.name=stopping");
    Session session = minter.session().build();
    ManagedChannel channel = channel(stopping, minter.token(session));
    try {
      awaitHealth(channel, "", ServingStatus.SERVING);
      Received<Message> stream = new Received<>();
      QueueServiceGrpc.newStub(channel).subscribe(SubscribeRequest.getDefaultInstance(), stream);
      LiveStreams streams = stopping.getBean(LiveStreams.class);
      Await.until("the stream", () -> streams.size() == 1);
      stopping.close();
      assertThat(Failures.reasonOf(stream.awaitFailure())).isEqualTo("DRAINING");
      // The last report came after the stream had ended.
      Await.until(
          "the last report",
          () ->
              !feed.usageOf(session.id()).isEmpty()
                  && feed.usageOf(session.id()).getLast().getActiveStreams() == 0);
      assertThat(feed.requestsOf(session.id())).isEqualTo(1);
    } finally {
      channel.shutdownNow();
      stopping.close();
    }
  }

  private static ManagedChannel channel(ConfigurableApplicationContext context, String token) {
    Metadata headers = new Metadata();
    headers.put(SessionInterceptor.TOKEN, token);
    return channel(context, headers);
  }

  private static ManagedChannel channel(ConfigurableApplicationContext context, Metadata headers) {
    return NettyChannelBuilder.forAddress(
            "127.0.0.1", context.getBean(GrpcServerLifecycle.class).getPort())
        .usePlaintext()
        .intercept(MetadataUtils.newAttachHeadersInterceptor(headers))
        .build();
  }

  private static void awaitHealth(ManagedChannel channel, String service, ServingStatus status) {
    HealthGrpc.HealthBlockingStub health = HealthGrpc.newBlockingStub(channel);
    HealthCheckRequest request = HealthCheckRequest.newBuilder().setService(service).build();
    Await.value("health of " + service, () -> health.check(request).getStatus(), status::equals);
  }

  private static HttpResponse<String> get(String path) throws Exception {
    String port = application.getEnvironment().getProperty("local.server.port");
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }
}
