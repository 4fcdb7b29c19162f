package io.prism.bench.pubsub;

import io.grpc.Channel;
import io.nats.client.Connection;
import io.prism.bench.client.LiveStream;
import io.prism.bench.client.PrismClient;
import io.prism.bench.deployment.Service;
import io.prism.bench.load.WorkNotDone;
import io.prism.bench.scenario.Bench;
import io.prism.pubsub.v1.Event;
import io.prism.pubsub.v1.PubSubServiceGrpc;
import io.prism.pubsub.v1.SubscribeRequest;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** Live subscriptions, in both ways, on a connection that nobody publishes on. */
final class Subscribers {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private Subscribers() {}

  /**
   * Streams of Prism.
   *
   * @param events takes the payload of each event
   * @param failed is told of the end of a stream
   */
  static void throughPrism(
      Bench bench, String topic, int count, Consumer<ByteBuffer> events, Consumer<Throwable> failed)
      throws InterruptedException {
    PrismClient client = bench.client(Service.PUBSUB);
    Channel channel = client.channel();
    SubscribeRequest request = SubscribeRequest.newBuilder().setTopicPattern(topic).build();
    for (int i = 0; i < count; i++) {
      LiveStream<Event> stream =
          bench.closeLater(
              LiveStream.open(
                      channel,
                      PubSubServiceGrpc.getSubscribeMethod(),
                      request,
                      event -> events.accept(event.getPayload().asReadOnlyByteBuffer()))
                  .awaitLive());
      var _ = stream.ended().thenAccept(status -> failed.accept(status.asRuntimeException()));
    }
  }

  /** The same with NATS's own client. */
  static void directly(Bench bench, String topic, int count, Consumer<ByteBuffer> events)
      throws InterruptedException {
    Connection connection = NatsSide.connect(bench);
    for (int i = 0; i < count; i++) {
      var _ =
          connection
              .createDispatcher(message -> events.accept(ByteBuffer.wrap(message.getData())))
              .subscribe(NatsSide.subject(topic));
    }
    try {
      connection.flush(LIMIT);
    } catch (TimeoutException e) {
      throw new WorkNotDone("subscriptions did not become live", e);
    }
  }
}
