package io.prism.objectstore.grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.grpc.stub.StreamObserver;
import io.prism.objectstore.domain.ObjectContent;
import io.prism.objectstore.domain.StoredObject;
import io.prism.objectstore.v1.GetObjectResponse;
import io.prism.starter.call.OutboundStream;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One GetObject: fetches a few buffers at a time, joins them to a message, and fetches the next
 * when the client has taken that. So it holds a message, those few buffers, and what gRPC holds
 * before it says that the client is not ready.
 */
final class DownloadCall implements Flow.Subscriber<ByteBuffer>, OutboundStream.Events {

  /** From here on what has come is sent. */
  private static final int MESSAGE_BYTES = 128 * 1024;

  private static final int AHEAD_BYTES = 512 * 1024;
  private static final int BUFFERS = 8;

  private final OutboundStream<GetObjectResponse> stream;
  private final ReentrantLock lock = new ReentrantLock();

  // All under the lock.
  private @Nullable StoredObject header;
  private ByteString gathered = ByteString.EMPTY;
  private int expected;
  private boolean complete;
  private boolean over;
  private Flow.@Nullable Subscription subscription;

  private DownloadCall(OutboundStream<GetObjectResponse> stream) {
    this.stream = stream;
  }

  static void start(
      Supplier<CompletableFuture<ObjectContent>> read, StreamObserver<GetObjectResponse> response) {
    OutboundStream<GetObjectResponse> stream = OutboundStream.of(response, AHEAD_BYTES);
    DownloadCall call = new DownloadCall(stream);
    stream.listen(call);
    var _ =
        read.get()
            .whenComplete(
                (content, failure) -> {
                  if (failure != null) {
                    stream.fail(failure);
                  } else {
                    call.begin(content);
                  }
                });
  }

  private void begin(ObjectContent content) {
    lock.lock();
    try {
      header = content.object();
    } finally {
      lock.unlock();
    }
    content.bytes().subscribe(this);
  }

  @Override
  public void onSubscribe(Flow.Subscription started) {
    boolean unwanted;
    lock.lock();
    try {
      unwanted = over;
      subscription = started;
    } finally {
      lock.unlock();
    }
    if (unwanted) {
      started.cancel();
    } else {
      proceed();
    }
  }

  @Override
  public void onNext(ByteBuffer bytes) {
    lock.lock();
    try {
      expected--;
      gathered = gathered.concat(UnsafeByteOperations.unsafeWrap(bytes));
    } finally {
      lock.unlock();
    }
    proceed();
  }

  @Override
  public void onComplete() {
    lock.lock();
    try {
      complete = true;
    } finally {
      lock.unlock();
    }
    proceed();
  }

  @Override
  public void onError(Throwable failure) {
    stream.fail(failure);
  }

  @Override
  public void onReady() {
    proceed();
  }

  @Override
  public void onEnd() {
    Flow.Subscription started;
    lock.lock();
    try {
      over = true;
      gathered = ByteString.EMPTY;
      started = subscription;
    } finally {
      lock.unlock();
    }
    if (started != null) {
      started.cancel();
    }
  }

  /** Sends what there is to send, and fetches more, if the client can take it. */
  private void proceed() {
    Flow.Subscription next = null;
    lock.lock();
    try {
      if (over || !stream.isReady()) {
        return;
      }
      if (gathered.size() >= MESSAGE_BYTES || complete) {
        send();
      }
      if (complete) {
        over = true;
        stream.complete();
      } else if (expected == 0 && stream.isReady()) {
        expected = BUFFERS;
        next = subscription;
        if (next == null) {
          expected = 0;
        }
      }
    } finally {
      lock.unlock();
    }
    if (next != null) {
      next.request(BUFFERS);
    }
  }

  private void send() {
    StoredObject object = header;
    if (object == null && gathered.isEmpty()) {
      return;
    }
    GetObjectResponse.Builder message = GetObjectResponse.newBuilder().setChunk(gathered);
    if (object != null) {
      message
          .setContentType(object.contentType())
          .setSizeBytes(object.size())
          .putAllMetadata(object.metadata())
          .setEtag(object.etag())
          .setSha256(object.sha256());
    }
    header = null;
    gathered = ByteString.EMPTY;
    stream.send(message.build());
  }
}
