package io.prism.starter.call;

import com.google.rpc.Status;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.prism.starter.error.CallReason;
import io.prism.starter.error.ErrorMapper;
import io.prism.starter.error.PrismException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Sees every failed call once, on its way out, and gives it its final status and details.
 *
 * <p>Exceptions that escape a handler and failures that a handler reports take the same way: both
 * close the call, and the closing is where they are mapped.
 */
public final class ErrorInterceptor implements ServerInterceptor {

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    MappedCall<Q, R> mapped = new MappedCall<>(call, RequestId.current());
    try {
      return new MappedListener<>(next.startCall(mapped, headers), mapped);
    } catch (Throwable e) {
      mapped.fail(e);
      return new ServerCall.Listener<>() {};
    }
  }

  /** Logs a failure of the current call that nobody else can be told of any more. */
  static void report(Throwable failure, MethodDescriptor<?, ?> method) {
    ErrorMapper.toStatus(failure, packageOf(method.getServiceName()), RequestId.current());
  }

  private static final class MappedCall<Q, R> extends SimpleForwardingServerCall<Q, R> {

    private final String requestId;
    private final AtomicBoolean closed = new AtomicBoolean();

    MappedCall(ServerCall<Q, R> call, String requestId) {
      super(call);
      this.requestId = requestId;
    }

    void fail(Throwable failure) {
      close(io.grpc.Status.UNKNOWN.withCause(failure), new Metadata());
    }

    boolean isClosed() {
      return closed.get();
    }

    @Override
    public void close(io.grpc.Status status, Metadata trailers) {
      if (!closed.compareAndSet(false, true)) {
        if (status.getCause() != null && !status.isOk()) {
          describe(failureOf(status));
        }
        return;
      }
      if (status.isOk()
          || StatusProto.fromStatusAndTrailers(status, trailers).getDetailsCount() > 0) {
        super.close(status, trailers);
        return;
      }
      StatusRuntimeException mapped =
          StatusProto.toStatusRuntimeException(describe(failureOf(status)));
      Metadata details = mapped.getTrailers();
      if (details != null) {
        trailers.merge(details);
      }
      super.close(mapped.getStatus(), trailers);
    }

    /** The final status of a failure; logs it if it is ours. */
    private Status describe(Throwable failure) {
      String service = getMethodDescriptor().getServiceName();
      return ErrorMapper.toStatus(failure, packageOf(service), requestId);
    }

    private static Throwable failureOf(io.grpc.Status status) {
      Throwable cause = status.getCause();
      boolean chosen = status.getCode() != io.grpc.Status.Code.UNKNOWN;
      return cause != null && !chosen ? cause : status.asRuntimeException();
    }
  }

  static String packageOf(@Nullable String service) {
    if (service == null) {
      return "prism";
    }
    int end = service.lastIndexOf('.');
    return end < 0 ? service : service.substring(0, end);
  }

  private static final class MappedListener<Q> extends SimpleForwardingServerCallListener<Q> {

    private final MappedCall<Q, ?> call;
    private final boolean oneRequest;
    private boolean requested;

    MappedListener(ServerCall.Listener<Q> delegate, MappedCall<Q, ?> call) {
      super(delegate);
      this.call = call;
      this.oneRequest = call.getMethodDescriptor().getType().clientSendsOneMessage();
    }

    @Override
    public void onMessage(Q message) {
      if (oneRequest && requested) {
        call.fail(notOneRequest("more than one request"));
        return;
      }
      requested = true;
      guarded(() -> super.onMessage(message));
    }

    @Override
    public void onHalfClose() {
      if (oneRequest && !requested) {
        call.fail(notOneRequest("no request"));
        return;
      }
      guarded(super::onHalfClose);
    }

    /** The framework would call it INTERNAL, though it is the client's fault. */
    private static PrismException notOneRequest(String sent) {
      return PrismException.of(
          CallReason.INVALID_ARGUMENT, "the call has " + sent + ", expected one");
    }

    @Override
    public void onReady() {
      guarded(super::onReady);
    }

    @Override
    public void onCancel() {
      ended(super::onCancel);
    }

    @Override
    public void onComplete() {
      ended(super::onComplete);
    }

    private void guarded(Runnable event) {
      if (call.isClosed()) {
        return;
      }
      try {
        event.run();
      } catch (Throwable e) {
        call.fail(e);
      }
    }

    /** The call is over: nobody but the log can be told. */
    private void ended(Runnable event) {
      try {
        event.run();
      } catch (Throwable e) {
        call.describe(e);
      }
    }
  }
}
