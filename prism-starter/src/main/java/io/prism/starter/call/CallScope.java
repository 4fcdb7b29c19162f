package io.prism.starter.call;

import io.grpc.Context;

/**
 * What goes along with a call to whichever thread its events run on: the gRPC context, and the
 * span, so that what a handler does belongs to the trace of the call.
 */
public final class CallScope {

  private final Context context;

  private CallScope(Context context) {
    this.context = context;
  }

  /** What the current thread has. */
  public static CallScope current() {
    return new CallScope(Context.current());
  }

  /** The same with another gRPC context. */
  public CallScope with(Context other) {
    return new CallScope(other);
  }

  public Context context() {
    return context;
  }

  /** Runs something as a part of the call. */
  public void run(Runnable event) {
    Context previous = context.attach();
    try {
      CallTrace.run(CallTrace.CONTEXT.get(context), event);
    } finally {
      context.detach(previous);
    }
  }
}
