package io.prism.starter.call;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Counts the calls in flight in this instance, and the bytes of each call for the session it turns
 * out to belong to.
 *
 * <p>A stream tracer and not an interceptor, because the transport tells a tracer the sizes on the
 * wire and, exactly once, the end of every call however it ends.
 */
public final class CallMeter extends ServerStreamTracer {

  private static final Context.Key<CallMeter> CONTEXT = Context.key("prism-call-meter");

  private final InFlight inFlight;
  private final boolean streaming;
  private long bytesReceived;
  private long bytesSent;
  private @Nullable CallAccount account;
  private boolean closed;

  private CallMeter(InFlight inFlight, boolean streaming) {
    this.inFlight = inFlight;
    this.streaming = streaming;
    inFlight.opened(streaming);
  }

  /** The meter of the current call, or null where the server was built without {@link Factory}. */
  public static @Nullable CallMeter current() {
    return CONTEXT.get();
  }

  /** Books this call, from its first byte, on the account of a session. */
  public synchronized void bind(CallAccount account) {
    if (closed || this.account != null) {
      return;
    }
    this.account = account;
    account.opened();
    account.transferred(bytesReceived, bytesSent);
  }

  @Override
  public Context filterContext(Context context) {
    return context.withValue(CONTEXT, this);
  }

  @Override
  public synchronized void inboundWireSize(long bytes) {
    if (account == null) {
      bytesReceived += bytes;
    } else {
      account.transferred(bytes, 0);
    }
  }

  @Override
  public synchronized void outboundWireSize(long bytes) {
    if (account == null) {
      bytesSent += bytes;
    } else {
      account.transferred(0, bytes);
    }
  }

  @Override
  public void streamClosed(Status status) {
    CallAccount toSettle;
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      toSettle = account;
    }
    inFlight.closed(streaming);
    if (toSettle != null) {
      toSettle.closed();
    }
  }

  /** Puts a meter on every call of a server. */
  public static final class Factory extends ServerStreamTracer.Factory {

    private static final ServerStreamTracer UNMETERED = new ServerStreamTracer() {};

    private final InFlight inFlight;

    public Factory(InFlight inFlight) {
      this.inFlight = inFlight;
    }

    @Override
    public ServerStreamTracer newServerStreamTracer(String fullMethodName, Metadata headers) {
      Boolean streaming = inFlight.isStreaming(fullMethodName);
      return streaming == null ? UNMETERED : new CallMeter(inFlight, streaming);
    }
  }
}
