package io.prism.timeseries.grpc;

import io.grpc.stub.StreamObserver;
import io.prism.starter.error.CallReason;
import io.prism.starter.error.PrismException;
import io.prism.timeseries.domain.EventFault;
import io.prism.timeseries.domain.EventRules;
import io.prism.timeseries.domain.EventScope;
import io.prism.timeseries.domain.Ingest;
import io.prism.timeseries.domain.StoredEvent;
import io.prism.timeseries.domain.Submission;
import io.prism.timeseries.v1.AppendEventsRequest;
import io.prism.timeseries.v1.AppendEventsResponse;
import io.prism.timeseries.v1.Event;
import java.util.ArrayList;
import java.util.List;

/** One AppendEvents. */
final class AppendCall {

  private AppendCall() {}

  static void run(
      Ingest ingest,
      EventMeters meters,
      EventScope scope,
      int today,
      AppendEventsRequest request,
      StreamObserver<AppendEventsResponse> response) {
    requireCount(request.getEventsCount());
    AppendEventsResponse.Builder answer = AppendEventsResponse.newBuilder();
    List<StoredEvent> events = new ArrayList<>(request.getEventsCount());
    long bytes = 0;
    for (int i = 0; i < request.getEventsCount(); i++) {
      Event event = request.getEvents(i);
      EventFault fault = EventProtos.fault(scope, event, today);
      if (fault == null) {
        StoredEvent stored = EventProtos.stored(scope, event);
        events.add(stored);
        bytes += stored.bytes();
      } else {
        answer.addErrors(EventProtos.error(i, fault));
      }
    }
    answer.setAccepted(events.size()).setRejected(answer.getErrorsCount());
    if (events.isEmpty()) {
      complete(response, answer.setDurable(!request.getAsync()).build());
    } else if (request.getAsync()) {
      ingest.submit(new Submission(events, bytes, true, (stored, failure) -> {}));
      complete(response, answer.build());
    } else {
      AppendEventsResponse durable = answer.setDurable(true).build();
      ingest.submit(
          new Submission(
              events,
              bytes,
              false,
              (stored, failure) -> {
                if (failure == null) {
                  complete(response, durable);
                } else {
                  response.onError(failure);
                }
              }));
    }
    meters.came(events.size(), answer.getErrorsCount());
  }

  private static void complete(
      StreamObserver<AppendEventsResponse> response, AppendEventsResponse answer) {
    response.onNext(answer);
    response.onCompleted();
  }

  private static void requireCount(int found) {
    if (found == 0) {
      throw PrismException.invalid("events", "empty (expected: at least one)");
    }
    if (found > EventRules.MAX_EVENTS) {
      String what = "%d entries (expected: at most %d)".formatted(found, EventRules.MAX_EVENTS);
      throw PrismException.because(CallReason.LIMIT_EXCEEDED, "events: " + what)
          .violation("events", what)
          .with("limit", Integer.toString(EventRules.MAX_EVENTS))
          .build();
    }
  }
}
