package io.prism.objectstore.s3;

import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.FlowAdapters;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * The answer of one GetObject, there as soon as its headers are. Unlike the SDK's own publisher it
 * passes on a failure of the connection that comes later; the subscriber may be told of it twice.
 */
final class S3Response
    implements AsyncResponseTransformer<GetObjectResponse, S3Response>, Flow.Publisher<ByteBuffer> {

  private volatile CompletableFuture<S3Response> opened = new CompletableFuture<>();
  private volatile @Nullable GetObjectResponse response;
  private volatile @Nullable SdkPublisher<ByteBuffer> bytes;
  private volatile @Nullable Throwable failure;
  private volatile Flow.@Nullable Subscriber<? super ByteBuffer> subscriber;

  /** What the headers say. */
  GetObjectResponse header() {
    GetObjectResponse known = response;
    if (known == null) {
      throw new IllegalStateException("the headers are not there yet");
    }
    return known;
  }

  @Override
  public CompletableFuture<S3Response> prepare() {
    opened = new CompletableFuture<>();
    return opened;
  }

  @Override
  public void onResponse(GetObjectResponse received) {
    response = received;
  }

  @Override
  public void onStream(SdkPublisher<ByteBuffer> stream) {
    bytes = stream;
    opened.complete(this);
  }

  @Override
  public void exceptionOccurred(Throwable cause) {
    if (opened.completeExceptionally(cause)) {
      return;
    }
    failure = cause;
    Flow.Subscriber<? super ByteBuffer> reader = subscriber;
    if (reader != null) {
      reader.onError(cause);
    }
  }

  @Override
  public void subscribe(Flow.Subscriber<? super ByteBuffer> reader) {
    SdkPublisher<ByteBuffer> stream = bytes;
    if (stream == null) {
      throw new IllegalStateException("the bytes are not there yet");
    }
    FlowAdapters.toFlowPublisher(stream).subscribe(reader);
    subscriber = reader;
    Throwable cause = failure;
    if (cause != null) {
      reader.onError(cause);
    }
  }
}
