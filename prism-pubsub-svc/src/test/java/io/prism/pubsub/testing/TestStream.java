package io.prism.pubsub.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.prism.pubsub.v1.Event;
import io.prism.pubsub.v1.PubSubServiceGrpc;
import io.prism.pubsub.v1.SubscribeRequest;
import io.prism.starter.testing.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A client's stream of events, which asks for more only as told. */
public final class TestStream implements AutoCloseable {

  private static final Metadata.Key<String> SUBSCRIPTION_ID =
      Metadata.Key.of("x-subscription-id", Metadata.ASCII_STRING_MARSHALLER);
  private static final Duration LIMIT = Duration.ofSeconds(20);

  private final ClientCall<SubscribeRequest, Event> call;
  private final CountDownLatch live = new CountDownLatch(1);
  private final CountDownLatch closed = new CountDownLatch(1);
  private final List<Event> events = new ArrayList<>();
  private volatile @Nullable String subscriptionId;
  private volatile @Nullable Status status;
  private volatile @Nullable Metadata trailers;

  private TestStream(Client client, SubscribeRequest request, int requested) {
    call = client.channel().newCall(PubSubServiceGrpc.getSubscribeMethod(), CallOptions.DEFAULT);
    call.start(
        new ClientCall.Listener<>() {
          @Override
          public void onHeaders(Metadata headers) {
            subscriptionId = headers.get(SUBSCRIPTION_ID);
            live.countDown();
          }

          @Override
          public void onMessage(Event event) {
            synchronized (events) {
              events.add(event);
            }
          }

          @Override
          public void onClose(Status closing, Metadata last) {
            status = closing;
            trailers = last;
            closed.countDown();
            live.countDown();
          }
        },
        new Metadata());
    call.request(requested);
    call.sendMessage(request);
    call.halfClose();
  }

  /** Opens a stream and waits until the subscription is live, or has failed. */
  public static TestStream open(Client client, SubscribeRequest request) {
    return open(client, request, Integer.MAX_VALUE);
  }

  /** Opens a stream that takes only so many events, and waits until it is live or has failed. */
  public static TestStream open(Client client, SubscribeRequest request, int requested) {
    TestStream stream = new TestStream(client, request, requested);
    try {
      assertThat(stream.live.await(30, TimeUnit.SECONDS)).as("response headers").isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return stream;
  }

  /** Takes more events. */
  public void request(int more) {
    call.request(more);
  }

  /** The id that the response header told. */
  public String id() {
    String told = subscriptionId;
    if (told == null) {
      throw new AssertionError("no x-subscription-id; " + status);
    }
    return told;
  }

  /** Whether the response header came. */
  public boolean wasLive() {
    return subscriptionId != null;
  }

  /** What came so far. */
  public List<Event> events() {
    synchronized (events) {
      return List.copyOf(events);
    }
  }

  public List<String> payloads() {
    return events().stream().map(event -> event.getPayload().toStringUtf8()).toList();
  }

  public List<String> topics() {
    return events().stream().map(Event::getTopic).toList();
  }

  /** Waits until that many came. */
  public List<Event> await(int count) {
    return Await.value(
        count + " events", LIMIT, this::events, found -> found.size() >= count || isClosed());
  }

  /** Waits until an event with some payload came, which is published after all else. */
  public List<String> awaitLast(String payload) {
    return Await.value(
        "the event " + payload, LIMIT, this::payloads, found -> found.contains(payload));
  }

  public boolean isClosed() {
    return closed.getCount() == 0;
  }

  /** Waits for the end, which has to be OK. */
  public void awaitOk() {
    assertThat(end().getCode()).as(String.valueOf(status)).isEqualTo(Status.Code.OK);
  }

  /** Waits for the end and says how it ended. */
  public Throwable failure() {
    return end().asRuntimeException(trailers);
  }

  private Status end() {
    Await.until("the end of the stream", LIMIT, this::isClosed);
    Status ended = status;
    if (ended == null) {
      throw new AssertionError("no status");
    }
    return ended;
  }

  @Override
  public void close() {
    call.cancel("the test is over", null);
  }
}
