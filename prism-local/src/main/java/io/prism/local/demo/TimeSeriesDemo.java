package io.prism.local.demo;

import com.google.protobuf.util.Durations;
import io.grpc.ManagedChannel;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import io.prism.config.v1.TimeSeriesConfig;
import io.prism.timeseries.v1.AggregateFunction;
import io.prism.timeseries.v1.AggregateRequest;
import io.prism.timeseries.v1.AggregateResponse;
import io.prism.timeseries.v1.AggregateRow;
import io.prism.timeseries.v1.AppendEventsRequest;
import io.prism.timeseries.v1.AppendEventsResponse;
import io.prism.timeseries.v1.Event;
import io.prism.timeseries.v1.QueryRequest;
import io.prism.timeseries.v1.QueryResponse;
import io.prism.timeseries.v1.StreamEventsResponse;
import io.prism.timeseries.v1.TimeSeriesServiceGrpc;
import io.prism.timeseries.v1.TimeSeriesServiceGrpc.TimeSeriesServiceBlockingStub;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * RFC-002 §15: requests of a web shop as events, sent twice and there once, streamed in, read again
 * and summed up by minute and region.
 */
final class TimeSeriesDemo {

  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final int EVENTS = 300;

  private final ManagedChannel channel;
  private final Narrator narrator;
  private final String token;
  private final long start;

  TimeSeriesDemo(ManagedChannel channel, Narrator narrator, SessionDemo sessions) {
    this.channel = channel;
    this.narrator = narrator;
    this.token =
        sessions.openForTimeSeries(
            TimeSeriesConfig.newBuilder()
                .setRetentionDays(30)
                .addRollupDimensions("region")
                .build());
    Instant now = Instant.now();
    // Of the last minutes, and of no other run of the demo.
    this.start = now.getEpochSecond() * SECOND + now.getNano() - EVENTS * SECOND;
  }

  void run() throws InterruptedException {
    narrator.title("TimeSeries (RFC-002 §15)");
    append();
    stream();
    read();
    aggregate();
  }

  private TimeSeriesServiceBlockingStub events() {
    return TimeSeriesServiceGrpc.newBlockingStub(channel)
        .withInterceptors(SessionDemo.token(token))
        .withDeadlineAfter(60, TimeUnit.SECONDS);
  }

  private Event event(int number) {
    return Event.newBuilder()
        .setTimestamp(start + number * SECOND)
        .setEventType("http.request")
        .setSource("shop-" + start)
        .setEventId("request-" + number)
        .putDimensions("region", number % 3 == 0 ? "us" : "eu")
        .putMetrics("latency_ms", 5 + number % 50)
        .setPayload("{\"path\": \"/orders\"}")
        .build();
  }

  private void append() {
    AppendEventsRequest.Builder request = AppendEventsRequest.newBuilder();
    for (int i = 0; i < EVENTS / 2; i++) {
      request.addEvents(event(i));
    }
    AppendEventsResponse response = events().appendEvents(request.build());
    AppendEventsResponse again = events().appendEvents(request.build());
    if (!again.getDurable() || again.getAccepted() != EVENTS / 2) {
      throw new UnexpectedOutcome("the events were not taken again: " + again);
    }
    narrator.step(
        "AppendEvents",
        "%d events, durable; sent twice by their ids, as after a lost answer"
            .formatted(response.getAccepted()));
  }

  private void stream() throws InterruptedException {
    try {
      BlockingClientCall<Event, StreamEventsResponse> stream =
          TimeSeriesServiceGrpc.newBlockingV2Stub(channel)
              .withInterceptors(SessionDemo.token(token))
              .withDeadlineAfter(60, TimeUnit.SECONDS)
              .streamEvents();
      for (int i = EVENTS / 2; i < EVENTS; i++) {
        stream.write(event(i));
      }
      stream.halfClose();
      StreamEventsResponse response = stream.read();
      if (response == null || response.getAccepted() != EVENTS - EVENTS / 2) {
        throw new UnexpectedOutcome("not all events of the stream were taken: " + response);
      }
      narrator.step("StreamEvents", response.getAccepted() + " more, one by one");
    } catch (StatusException e) {
      throw e.getStatus().asRuntimeException(e.getTrailers());
    }
  }

  private void read() {
    QueryRequest.Builder query =
        QueryRequest.newBuilder()
            .setStartTime(start)
            .setEndTime(start + EVENTS * SECOND)
            .addSources("shop-" + start)
            .setDescending(true)
            .setLimit(100);
    QueryResponse page = events().queryEvents(query.build());
    int count = page.getEventsCount();
    while (page.getHasMore()) {
      page = events().queryEvents(query.setPageToken(page.getNextPageToken()).build());
      count += page.getEventsCount();
    }
    if (count != EVENTS) {
      throw new UnexpectedOutcome("%d events instead of %d".formatted(count, EVENTS));
    }
    narrator.step(
        "QueryEvents", "each of the %d once, newest first, page by page".formatted(count));
  }

  private void aggregate() {
    AggregateResponse response =
        events()
            .queryAggregates(
                AggregateRequest.newBuilder()
                    .setStartTime(start)
                    .setEndTime(start + EVENTS * SECOND)
                    .putFilters("source", "shop-" + start)
                    .addMetricNames("latency_ms")
                    .addFunctions(AggregateFunction.AGGREGATE_FUNCTION_COUNT)
                    .addFunctions(AggregateFunction.AGGREGATE_FUNCTION_P95)
                    .addGroupBy("region")
                    .setBucketSize(Durations.fromMinutes(5))
                    .build());
    List<AggregateRow> counts =
        response.getRowsList().stream()
            .filter(row -> row.getFunction() == AggregateFunction.AGGREGATE_FUNCTION_COUNT)
            .toList();
    double sum = counts.stream().mapToDouble(AggregateRow::getValue).sum();
    if (sum != EVENTS) {
      throw new UnexpectedOutcome("the aggregate has %s events".formatted(sum));
    }
    narrator.step(
        "QueryAggregates",
        "count and p95 of the latency by region in buckets of 5 minutes: %d rows, from %s"
            .formatted(response.getRowsCount(), response.getOrigin()));
  }
}
