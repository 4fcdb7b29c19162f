package io.prism.timeseries.grpc;

import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.prism.starter.auth.Session;
import io.prism.starter.call.CallScope;
import io.prism.starter.error.PrismException;
import io.prism.timeseries.domain.AggregatePlan;
import io.prism.timeseries.domain.AggregatePlanner;
import io.prism.timeseries.domain.AggregateQuery;
import io.prism.timeseries.domain.EventKey;
import io.prism.timeseries.domain.EventPage;
import io.prism.timeseries.domain.EventQuery;
import io.prism.timeseries.domain.EventScope;
import io.prism.timeseries.domain.EventStore;
import io.prism.timeseries.domain.Ingest;
import io.prism.timeseries.domain.PageTokens;
import io.prism.timeseries.domain.Retention;
import io.prism.timeseries.domain.StoredEvent;
import io.prism.timeseries.v1.AggregateRequest;
import io.prism.timeseries.v1.AggregateResponse;
import io.prism.timeseries.v1.AppendEventsRequest;
import io.prism.timeseries.v1.AppendEventsResponse;
import io.prism.timeseries.v1.Event;
import io.prism.timeseries.v1.QueryRequest;
import io.prism.timeseries.v1.QueryResponse;
import io.prism.timeseries.v1.StreamEventsResponse;
import io.prism.timeseries.v1.TimeSeriesServiceGrpc;
import java.time.Clock;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;

/**
 * The rpcs of the TimeSeries service. Events of a stream are taken in on the event loop; what takes
 * longer or blocks has a virtual thread.
 */
@Component
final class TimeSeriesGrpcService implements BindableService, TimeSeriesServiceGrpc.AsyncService {

  /** Less than what clients take by default. */
  private static final long PAGE_BYTES = 3L * 1024 * 1024;

  private final EventStore store;
  private final Ingest ingest;
  private final AggregatePlanner planner;
  private final EventMeters meters;
  private final Clock clock;

  TimeSeriesGrpcService(
      EventStore store, Ingest ingest, AggregatePlanner planner, EventMeters meters, Clock clock) {
    this.store = store;
    this.ingest = ingest;
    this.planner = planner;
    this.meters = meters;
    this.clock = clock;
  }

  @Override
  public ServerServiceDefinition bindService() {
    return TimeSeriesServiceGrpc.bindService(this);
  }

  @Override
  public void appendEvents(
      AppendEventsRequest request, StreamObserver<AppendEventsResponse> response) {
    EventScope scope = EventProtos.scope(Session.current());
    offload(
        response,
        () -> AppendCall.run(ingest, meters, scope, Retention.today(clock), request, response));
  }

  @Override
  public StreamObserver<Event> streamEvents(StreamObserver<StreamEventsResponse> response) {
    return StreamEventsCall.start(
        ingest,
        meters,
        EventProtos.scope(Session.current()),
        () -> Retention.today(clock),
        response);
  }

  @Override
  public void queryEvents(QueryRequest request, StreamObserver<QueryResponse> response) {
    EventQuery query = QueryProtos.query(Session.current().namespace(), request);
    int limit = QueryProtos.limit(request.getLimit());
    answer(response, () -> page(query, request.getPageToken(), limit));
  }

  private QueryResponse page(EventQuery query, String token, int limit) {
    EventKey after = token.isEmpty() ? null : PageTokens.decode(query, token);
    EventPage page = store.read(query, after, limit, PAGE_BYTES);
    QueryResponse.Builder response = QueryResponse.newBuilder();
    long bytes = 0;
    for (StoredEvent stored : page.events()) {
      if (bytes >= PAGE_BYTES) {
        break;
      }
      Event event = EventProtos.event(stored);
      bytes += event.getSerializedSize();
      response.addEvents(event);
    }
    int count = response.getEventsCount();
    if (page.more() || count < page.events().size()) {
      response
          .setHasMore(true)
          .setNextPageToken(PageTokens.encode(query, page.events().get(count - 1).key()));
    }
    return response.build();
  }

  @Override
  public void queryAggregates(
      AggregateRequest request, StreamObserver<AggregateResponse> response) {
    AggregateQuery query = QueryProtos.query(Session.current().namespace(), request);
    answer(
        response,
        () -> {
          AggregatePlan plan = planner.plan(query);
          return QueryProtos.response(plan, store.aggregate(plan));
        });
  }

  @Override
  public void streamQuery(QueryRequest request, StreamObserver<Event> response) {
    if (!request.getPageToken().isEmpty()) {
      throw PrismException.invalid("page_token", "set (expected: empty, for QueryEvents only)");
    }
    StreamQueryCall.start(
        store,
        QueryProtos.query(Session.current().namespace(), request),
        QueryProtos.streamLimit(request.getLimit()),
        response);
  }

  private static <T> void answer(StreamObserver<T> response, Supplier<T> work) {
    offload(
        response,
        () -> {
          response.onNext(work.get());
          response.onCompleted();
        });
  }

  private static void offload(StreamObserver<?> response, Runnable work) {
    CallScope call = CallScope.current();
    // Whoever is gone needs no answer, and nobody minds that there is one.
    ((ServerCallStreamObserver<?>) response).setOnCancelHandler(() -> {});
    Thread _ =
        Thread.startVirtualThread(
            () ->
                call.run(
                    () -> {
                      try {
                        work.run();
                      } catch (RuntimeException e) {
                        response.onError(e);
                      }
                    }));
  }
}
