package io.prism.starter.call;

import io.grpc.Context;
import io.micrometer.observation.Observation;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import org.jspecify.annotations.Nullable;

/**
 * What goes along with a call to whichever thread its events run on: the gRPC context, and the
 * observation, so that what a handler observes belongs to the trace of the call.
 */
public final class CallScope {

  private final Context context;
  private final @Nullable Observation observation;

  private CallScope(Context context, @Nullable Observation observation) {
    this.context = context;
    this.observation = observation;
  }

  /** What the current thread has. */
  public static CallScope current() {
    return new CallScope(
        Context.current(), ObservationThreadLocalAccessor.getInstance().getValue());
  }

  /** The same with another gRPC context. */
  public CallScope with(Context other) {
    return new CallScope(other, observation);
  }

  public Context context() {
    return context;
  }

  /** Runs something as a part of the call. */
  @SuppressWarnings("ReferenceEquality") // Which observation it is counts, not what it says.
  public void run(Runnable event) {
    Context previous = context.attach();
    try {
      Observation observed = observation;
      if (observed == null || observed == ObservationThreadLocalAccessor.getInstance().getValue()) {
        event.run();
        return;
      }
      Observation.Scope scope = observed.openScope();
      try {
        event.run();
      } finally {
        scope.close();
      }
    } finally {
      context.detach(previous);
    }
  }
}
