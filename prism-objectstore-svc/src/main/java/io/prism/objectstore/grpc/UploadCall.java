package io.prism.objectstore.grpc;

import com.google.protobuf.ByteString;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.prism.objectstore.domain.NewObject;
import io.prism.objectstore.domain.ObjectRules;
import io.prism.objectstore.domain.Upload;
import io.prism.objectstore.domain.Uploads;
import io.prism.objectstore.v1.PutObjectRequest;
import io.prism.objectstore.v1.PutObjectResponse;
import io.prism.starter.auth.Session;
import io.prism.starter.call.OutboundStream;
import io.prism.starter.call.Payloads;
import io.prism.starter.error.PrismException;
import java.nio.ByteBuffer;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** One PutObject: asks for a message only when there is room for it. */
final class UploadCall
    implements StreamObserver<PutObjectRequest>, Upload.Source, OutboundStream.Events {

  private final Uploads uploads;
  private final Session session;
  private final ServerCallStreamObserver<PutObjectResponse> call;
  private final OutboundStream<PutObjectResponse> stream;
  private volatile @Nullable Upload upload;
  private @Nullable NewObject object;

  private UploadCall(
      Uploads uploads, Session session, ServerCallStreamObserver<PutObjectResponse> call) {
    this.uploads = uploads;
    this.session = session;
    this.call = call;
    this.stream = OutboundStream.of(call);
  }

  static StreamObserver<PutObjectRequest> start(
      Uploads uploads, Session session, StreamObserver<PutObjectResponse> response) {
    ServerCallStreamObserver<PutObjectResponse> call =
        (ServerCallStreamObserver<PutObjectResponse>) response;
    UploadCall started = new UploadCall(uploads, session, call);
    call.disableAutoRequest();
    started.stream.listen(started);
    call.request(1);
    return started;
  }

  @Override
  public void onNext(PutObjectRequest message) {
    Upload running = upload;
    if (running == null) {
      NewObject first = ObjectStoreProtos.object(session, message, Instant.now());
      running = uploads.begin(first, session.config().getObjectStore().getMaxObjectBytes(), this);
      object = first;
      upload = running;
    } else {
      ObjectStoreProtos.requireChunkOnly(message);
    }
    ByteString chunk = message.getChunk();
    ObjectRules.chunk(chunk.size());
    running.write(ByteBuffer.wrap(Payloads.of(chunk)));
  }

  @Override
  public void onCompleted() {
    Upload running = upload;
    NewObject stored = object;
    if (running == null || stored == null) {
      throw PrismException.invalid("bucket", "no message (expected: a first with bucket and key)");
    }
    var _ =
        running
            .finish()
            .thenAccept(
                finished -> {
                  stream.send(ObjectStoreProtos.response(stored, finished));
                  stream.complete();
                });
  }

  /** Told of by {@link #onEnd}, too. */
  @Override
  public void onError(Throwable failure) {}

  @Override
  public void requestChunk() {
    call.request(1);
  }

  @Override
  public void failed(Throwable failure) {
    stream.fail(failure);
  }

  @Override
  public void onReady() {}

  /** Whichever way the call has ended: an upload that is done does not mind. */
  @Override
  public void onEnd() {
    Upload running = upload;
    if (running != null) {
      running.abandon();
    }
  }
}
