package io.prism.queue.testing;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.prism.queue.testing.QueueFixture.Client;
import io.prism.queue.v1.AcknowledgeRequest;
import io.prism.queue.v1.AcknowledgeResponse;
import io.prism.queue.v1.Message;
import io.prism.queue.v1.QueueServiceGrpc;
import io.prism.queue.v1.SubscribeRequest;
import io.prism.starter.testing.Await;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A client's stream of messages, which asks for more only as told. */
public final class TestStream implements AutoCloseable {

  private final Client client;
  private final ClientCall<SubscribeRequest, Message> call;
  private final CountDownLatch live = new CountDownLatch(1);
  private final CountDownLatch closed = new CountDownLatch(1);
  private final List<Message> messages = new CopyOnWriteArrayList<>();
  private volatile @Nullable Throwable failure;

  private TestStream(
      Client client, SubscribeRequest request, int requested, Consumer<Message> onMessage) {
    this.client = client;
    this.call =
        client.channel().newCall(QueueServiceGrpc.getSubscribeMethod(), CallOptions.DEFAULT);
    call.start(
        new ClientCall.Listener<>() {
          @Override
          public void onHeaders(Metadata headers) {
            live.countDown();
          }

          @Override
          public void onMessage(Message message) {
            onMessage.accept(message);
            messages.add(message);
          }

          @Override
          public void onClose(Status status, Metadata trailers) {
            failure = status.asRuntimeException(trailers);
            closed.countDown();
            live.countDown();
          }
        },
        new Metadata());
    call.request(requested);
    call.sendMessage(request);
    call.halfClose();
  }

  /** Opens a stream and waits until the subscription is live. */
  public static TestStream open(Client client, SubscribeRequest request) {
    return open(client, request, Integer.MAX_VALUE);
  }

  /** Opens a stream that takes only so many messages, and waits until it is live. */
  public static TestStream open(Client client, SubscribeRequest request, int requested) {
    return opened(new TestStream(client, request, requested, message -> {}));
  }

  /** Opens a stream whose messages somebody is told of one by one, and waits until it is live. */
  public static TestStream open(
      Client client, SubscribeRequest request, Consumer<Message> onMessage) {
    return opened(new TestStream(client, request, Integer.MAX_VALUE, onMessage));
  }

  private static TestStream opened(TestStream stream) {
    try {
      if (!stream.live.await(30, TimeUnit.SECONDS)) {
        throw new AssertionError("no response headers in 30 s");
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return stream;
  }

  /** Takes more messages. */
  public void request(int more) {
    call.request(more);
  }

  /** What came so far. */
  public List<Message> messages() {
    return messages;
  }

  public List<String> payloads() {
    return messages.stream().map(message -> message.getPayload().toStringUtf8()).toList();
  }

  /** Waits until that many came. */
  public List<Message> await(int count) {
    return Await.value(
        count + " messages",
        Duration.ofSeconds(30),
        () -> messages,
        found -> found.size() >= count || isClosed());
  }

  public boolean isClosed() {
    return closed.getCount() == 0;
  }

  /** Waits for the end and says how it ended. */
  public Throwable failure() {
    Await.until("the end of the stream", Duration.ofSeconds(30), this::isClosed);
    Throwable ended = failure;
    if (ended == null) {
      throw new AssertionError("no status");
    }
    return ended;
  }

  /** Acknowledges by the session of this stream. */
  public AcknowledgeResponse acknowledge(List<Message> delivered) {
    return client
        .queue()
        .acknowledge(
            AcknowledgeRequest.newBuilder()
                .addAllMessageIds(delivered.stream().map(Message::getMessageId).toList())
                .build());
  }

  @Override
  public void close() {
    call.cancel("the test is over", null);
  }
}
