package io.prism.bench.objectstore;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ClientResponseObserver;
import io.prism.bench.load.Attempt;
import io.prism.bench.load.WorkNotDone;
import io.prism.objectstore.v1.ObjectStoreServiceGrpc;
import io.prism.objectstore.v1.PutObjectRequest;
import io.prism.objectstore.v1.PutObjectResponse;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * One PutObject, as an operation of a load: sends a message when the one before is on its way. Its
 * callbacks come one after the other.
 */
final class PutCall implements ClientResponseObserver<PutObjectRequest, PutObjectResponse> {
  private static final long LIMIT_SECONDS = 60;

  private final Iterator<PutObjectRequest> messages;
  private final ObjectSize size;
  private final Attempt attempt;
  private boolean sent;

  private PutCall(Stream<PutObjectRequest> messages, ObjectSize size, Attempt attempt) {
    this.messages = messages.iterator();
    this.size = size;
    this.attempt = attempt;
  }

  /** Makes the call, whose end is that of the attempt. */
  static void start(
      Channel channel, Stream<PutObjectRequest> messages, ObjectSize size, Attempt attempt) {
    CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(LIMIT_SECONDS, TimeUnit.SECONDS);
    var _ =
        ClientCalls.asyncClientStreamingCall(
            channel.newCall(ObjectStoreServiceGrpc.getPutObjectMethod(), options),
            new PutCall(messages, size, attempt));
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<PutObjectRequest> call) {
    call.setOnReadyHandler(() -> proceed(call));
  }

  private void proceed(ClientCallStreamObserver<PutObjectRequest> call) {
    while (!sent && call.isReady()) {
      if (messages.hasNext()) {
        call.onNext(messages.next());
      } else {
        sent = true;
        call.onCompleted();
      }
    }
  }

  @Override
  public void onNext(PutObjectResponse answer) {
    size.defect(answer.getSizeBytes()).ifPresent(defect -> attempt.failed(new WorkNotDone(defect)));
  }

  @Override
  public void onError(Throwable failure) {
    sent = true;
    attempt.failed(failure);
  }

  @Override
  public void onCompleted() {
    sent = true;
    attempt.succeeded();
  }
}
