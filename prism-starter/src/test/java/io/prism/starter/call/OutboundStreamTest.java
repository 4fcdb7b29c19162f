package io.prism.starter.call;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.Context;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.prism.queue.v1.Message;
import io.prism.queue.v1.QueueServiceGrpc;
import io.prism.queue.v1.SubscribeRequest;
import io.prism.starter.error.CallReason;
import io.prism.starter.error.PrismException;
import io.prism.starter.testing.Await;
import io.prism.starter.testing.PrismTestServer;
import io.prism.starter.testing.Received;
import io.prism.starter.testing.TestQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

@ParameterizedClass
@ValueSource(booleans = {false, true})
final class OutboundStreamTest {

  private static final int MESSAGE_BYTES = 10_000;
  private final PrismException closed =
      PrismException.of(CallReason.SESSION_CLOSED, "the session is closed");

  private final TestQueue queue = new TestQueue();
  private final CompletableFuture<OutboundStream<Message>> opened = new CompletableFuture<>();
  private final AtomicInteger ends = new AtomicInteger();
  private final AtomicInteger sent = new AtomicInteger();
  private final PrismTestServer server;

  OutboundStreamTest(boolean blocking) {
    server = PrismTestServer.of(queue).blocking(blocking).start();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void aStalledReaderKeepsWhatIsBufferedBoundedAndGetsTheRestWhenItReadsAgain() {
    int total = 2_000;
    queue.onSubscribe(
        (request, response) -> {
          OutboundStream<Message> stream = OutboundStream.of(response);
          stream.listen(writer(stream, total));
        });
    StalledReader reader = new StalledReader();
    QueueServiceGrpc.newStub(server.channel("test", "*:admin"))
        .subscribe(SubscribeRequest.getDefaultInstance(), reader);
    // 20 MB wait to be sent; the transport's window and threshold hold far less.
    Await.until("the writer to stop", () -> sent.get() > 0 && !opened.join().isReady());
    assertThat(sent.get() * MESSAGE_BYTES).isLessThan(4 * 1024 * 1024);
    assertThat(ends).hasValue(0);

    reader.readAll();
    Await.until("all messages", () -> reader.received.get() == total);
    Await.until("the end", () -> ends.get() == 1);
  }

  @Test
  void onEndComesOnceWhenTheClientCancels() {
    openIdle();
    Context.CancellableContext call = Context.current().withCancellation();
    call.run(
        () ->
            QueueServiceGrpc.newStub(server.channel("test", "*:admin"))
                .subscribe(SubscribeRequest.getDefaultInstance(), new Received<>()));
    Await.until("the stream", opened::isDone);
    call.cancel(null);
    Await.until("the end", () -> ends.get() == 1);
    assertOver();
  }

  @Test
  void onEndComesOnceWhenTheHandlerCompletes() {
    openIdle();
    Received<Message> messages = subscribe();
    assertThat(opened.join().send(Message.getDefaultInstance())).isTrue();
    opened.join().complete();
    messages.awaitCompletion();
    assertThat(messages.messages()).hasSize(1);
    Await.until("the end", () -> ends.get() == 1);
    opened.join().fail(closed);
    assertOver();
  }

  @Test
  void onEndComesOnceWhenTheHandlerFails() {
    openIdle();
    Received<Message> messages = subscribe();
    opened.join().fail(closed);
    messages.awaitFailure();
    Await.until("the end", () -> ends.get() == 1);
    assertOver();
  }

  @Test
  void onEndComesOnceWhenTheStreamIsEndedFromOutside() {
    openIdle();
    Received<Message> messages = subscribe();
    server.liveStreams().endAll(closed);
    server.liveStreams().endAll(closed);
    messages.awaitFailure();
    Await.until("the end", () -> ends.get() == 1);
    Await.until("the stream to be forgotten", () -> server.liveStreams().size() == 0);
    assertOver();
  }

  @Test
  void aHandlerThatIsTooBusyToBeToldSeesTheEndFromOutside() {
    CountDownLatch noticed = new CountDownLatch(1);
    queue.onSubscribe(
        (request, response) -> {
          OutboundStream<Message> stream = OutboundStream.of(response);
          stream.listen(counting(stream));
          // Nobody can call onEnd while this runs.
          while (!stream.isEnded()) {
            Thread.onSpinWait();
          }
          noticed.countDown();
        });
    subscribe();
    server.liveStreams().endAll(closed);
    Await.until("the handler to notice", () -> noticed.getCount() == 0);
    Await.until("the end", () -> ends.get() == 1);
  }

  @Test
  void manyThreadsMaySendAtOnceWhileTheStreamIsEndedFromOutside() {
    openIdle();
    Received<Message> messages = subscribe();
    OutboundStream<Message> stream = opened.join();
    CountDownLatch done = new CountDownLatch(4);
    for (int i = 0; i < 4; i++) {
      Thread.startVirtualThread(
          () -> {
            int mine = 0;
            while (mine < 5_000 && stream.send(Message.getDefaultInstance())) {
              mine++;
            }
            done.countDown();
          });
    }
    messages.awaitMessages(100);
    server.liveStreams().endAll(closed);
    messages.awaitFailure();
    Await.until("the senders", () -> done.getCount() == 0);
    Await.until("the end", () -> ends.get() == 1);
  }

  private void openIdle() {
    queue.onSubscribe(
        (request, response) -> {
          OutboundStream<Message> stream = OutboundStream.of(response);
          stream.listen(counting(stream));
        });
  }

  private OutboundStream.Events counting(OutboundStream<Message> stream) {
    opened.complete(stream);
    return new OutboundStream.Events() {
      @Override
      public void onReady() {}

      @Override
      public void onEnd() {
        ends.incrementAndGet();
      }
    };
  }

  private OutboundStream.Events writer(OutboundStream<Message> stream, int total) {
    opened.complete(stream);
    Message message =
        Message.newBuilder().setPayload(ByteString.copyFrom(new byte[MESSAGE_BYTES])).build();
    return new OutboundStream.Events() {
      @Override
      public void onReady() {
        while (stream.isReady() && sent.get() < total) {
          stream.send(message);
          sent.incrementAndGet();
        }
        if (sent.get() == total) {
          stream.complete();
        }
      }

      @Override
      public void onEnd() {
        ends.incrementAndGet();
      }
    };
  }

  private Received<Message> subscribe() {
    Received<Message> messages = new Received<>();
    QueueServiceGrpc.newStub(server.channel("test", "*:admin"))
        .subscribe(SubscribeRequest.getDefaultInstance(), messages);
    Await.until("the stream", () -> opened.isDone() && server.liveStreams().size() == 1);
    return messages;
  }

  private void assertOver() {
    OutboundStream<Message> stream = opened.join();
    assertThat(stream.isEnded()).isTrue();
    assertThat(stream.send(Message.getDefaultInstance())).isFalse();
    stream.complete();
    assertThat(ends).hasValue(1);
  }

  /** Reads nothing until told to. */
  private static final class StalledReader
      implements ClientResponseObserver<SubscribeRequest, Message> {

    private final AtomicInteger received = new AtomicInteger();
    private volatile @Nullable ClientCallStreamObserver<SubscribeRequest> call;
    private volatile boolean reading;

    void readAll() {
      reading = true;
      ClientCallStreamObserver<SubscribeRequest> stalled = call;
      if (stalled != null) {
        stalled.request(1);
      }
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<SubscribeRequest> requests) {
      call = requests;
      requests.disableAutoRequestWithInitial(0);
    }

    @Override
    public void onNext(Message message) {
      received.incrementAndGet();
      ClientCallStreamObserver<SubscribeRequest> running = call;
      if (reading && running != null) {
        running.request(1);
      }
    }

    @Override
    public void onError(Throwable failure) {}

    @Override
    public void onCompleted() {}
  }
}
