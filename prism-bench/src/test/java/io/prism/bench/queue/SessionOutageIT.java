package io.prism.bench.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.prism.bench.client.LiveStream;
import io.prism.bench.client.PrismClient;
import io.prism.bench.deployment.Deployed;
import io.prism.bench.deployment.Deployment;
import io.prism.bench.deployment.Service;
import io.prism.bench.deployment.ServiceProcess;
import io.prism.bench.load.Measurement;
import io.prism.bench.load.OpenLoop;
import io.prism.bench.load.Operation;
import io.prism.bench.scenario.Bench;
import io.prism.bench.scenario.Effort;
import io.prism.queue.v1.GetTopicInfoRequest;
import io.prism.queue.v1.Message;
import io.prism.queue.v1.PublishRequest;
import io.prism.queue.v1.QueueServiceGrpc;
import io.prism.queue.v1.StartPosition;
import io.prism.queue.v1.SubscribeRequest;
import io.prism.starter.testing.Await;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Session-svc is not on the way of a call: killed for a minute, it is missed by newcomers only. */
@ExtendWith(Deployed.class)
final class SessionOutageIT {
  private static final Duration OUTAGE = Duration.ofSeconds(60);
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final int PUBLISHES_PER_SECOND = 50;

  private final Set<String> received = ConcurrentHashMap.newKeySet();
  private Bench bench;
  private ServiceProcess session;
  private BenchTopic topic;

  @BeforeEach
  void prepare(Deployment deployment) throws InterruptedException {
    bench = new Bench(deployment, Effort.FULL);
    session = deployment.service(Service.SESSION);
    topic = BenchTopic.create(bench, "outage");
  }

  @AfterEach
  void leaveTheDeploymentWhole() throws InterruptedException {
    bench.close();
    if (!session.isAlive()) {
      session.start();
    }
  }

  @Test
  void establishedSessionsGoOnWhileSessionServiceIsDownForAMinute() throws Exception {
    LiveStream<Message> stream = subscribe();
    Operation publish = Publishing.throughPrism(bench, topic);
    PrismClient closedAtOnce = bench.client(Service.QUEUE);
    PrismClient closedLater = bench.client(Service.QUEUE);
    assertThat(publishOnce(closedAtOnce)).isEqualTo(Status.Code.OK);
    assertThat(publishOnce(closedLater)).isEqualTo(Status.Code.OK);

    session.kill();
    refusesNewSessions();
    Measurement outage = load(OUTAGE, publish);
    refusesNewSessions();

    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      AtomicBoolean back = new AtomicBoolean();
      Future<Long> meanwhile = threads.submit(() -> loadUntil(back, publish));
      session.start();
      assertThat(publishOnce(bench.client(Service.QUEUE))).isEqualTo(Status.Code.OK);
      // Nothing else tells from outside when the feed is back.
      Duration feedBack = untilNoticed(closedAtOnce);
      Duration noticed = untilNoticed(closedLater);
      back.set(true);
      long published = outage.items() + meanwhile.get(LIMIT.toSeconds(), TimeUnit.SECONDS) + 3;

      assertThat(noticed).isLessThanOrEqualTo(Duration.ofSeconds(1));
      Await.until("every message is received", LIMIT, () -> received.size() >= published);
      assertThat(stream.ended()).isNotDone();
      report(outage, published, feedBack, noticed);
    }
  }

  private LiveStream<Message> subscribe() throws InterruptedException {
    return bench.closeLater(
        LiveStream.open(
                bench.client(Service.QUEUE).channel(),
                QueueServiceGrpc.getSubscribeMethod(),
                SubscribeRequest.newBuilder()
                    .setTopic(topic.name())
                    .setPosition(StartPosition.START_POSITION_LATEST)
                    .build(),
                this::receive)
            .awaitLive());
  }

  private void receive(Message message) {
    received.add(message.getMessageId());
  }

  /** Throws when a single call fails or stays without an answer. */
  private static Measurement load(Duration time, Operation publish) throws InterruptedException {
    return new OpenLoop(PUBLISHES_PER_SECOND, time, publish).round();
  }

  private static long loadUntil(AtomicBoolean over, Operation publish) throws InterruptedException {
    long published = 0;
    while (!over.get()) {
      published += load(Duration.ofSeconds(2), publish).items();
    }
    return published;
  }

  private void refusesNewSessions() {
    assertThatExceptionOfType(StatusRuntimeException.class)
        .isThrownBy(() -> bench.client(Service.QUEUE))
        .satisfies(
            refused ->
                assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE));
  }

  /** How long after its closing a session is still served. */
  private Duration untilNoticed(PrismClient client) {
    client.closeSession();
    long closed = System.nanoTime();
    Await.value(
        "the closed session is refused",
        LIMIT,
        () -> info(client),
        Status.Code.UNAUTHENTICATED::equals);
    return Duration.ofNanos(System.nanoTime() - closed);
  }

  private Status.Code publishOnce(PrismClient client) {
    PublishRequest request = PublishRequest.newBuilder().setTopic(topic.name()).build();
    return code(() -> blocking(client).publish(request));
  }

  private Status.Code info(PrismClient client) {
    return code(
        () ->
            blocking(client)
                .getTopicInfo(GetTopicInfoRequest.newBuilder().setTopic(topic.name()).build()));
  }

  private static Status.Code code(Runnable call) {
    try {
      call.run();
      return Status.Code.OK;
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode();
    }
  }

  private static QueueServiceGrpc.QueueServiceBlockingStub blocking(PrismClient client) {
    return QueueServiceGrpc.newBlockingStub(client.channel())
        .withDeadlineAfter(LIMIT.toSeconds(), TimeUnit.SECONDS);
  }

  private void report(Measurement outage, long published, Duration feedBack, Duration noticed) {
    System.out.printf(
        "session-svc down for %d s: %d publishes, none failed, p50 %.1f ms, p99 %.1f ms, worst %.1f"
            + " ms; with those until it was back %d, of which %d were received; the first session"
            + " closed then was refused after %d ms, the second after %d ms%n",
        OUTAGE.toSeconds(),
        outage.items(),
        outage.latencyMillis(50),
        outage.latencyMillis(99),
        outage.latencyMillis(100),
        published,
        received.size(),
        feedBack.toMillis(),
        noticed.toMillis());
  }
}
