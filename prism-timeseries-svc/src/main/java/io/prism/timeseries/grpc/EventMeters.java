package io.prism.timeseries.grpc;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.stereotype.Component;

/** Counts events as they come. */
@Component
final class EventMeters {

  private final Counter accepted;
  private final Counter rejected;

  EventMeters(MeterRegistry meters) {
    accepted = counter(meters, "accepted");
    rejected = counter(meters, "rejected");
  }

  private static Counter counter(MeterRegistry meters, String outcome) {
    return Counter.builder("prism.timeseries.events")
        .description("events that clients have sent")
        .tag("outcome", outcome)
        .register(meters);
  }

  void came(int acceptedEvents, int rejectedEvents) {
    accepted.increment(acceptedEvents);
    rejected.increment(rejectedEvents);
  }
}
