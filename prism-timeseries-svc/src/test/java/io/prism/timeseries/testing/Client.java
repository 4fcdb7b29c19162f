package io.prism.timeseries.testing;

import io.grpc.ManagedChannel;
import io.prism.config.v1.ClientConfig;
import io.prism.config.v1.TimeSeriesConfig;
import io.prism.starter.testing.PrismTestServer;
import io.prism.starter.testing.RequestStream;
import io.prism.timeseries.v1.AggregateRequest;
import io.prism.timeseries.v1.AggregateResponse;
import io.prism.timeseries.v1.AppendEventsRequest;
import io.prism.timeseries.v1.AppendEventsResponse;
import io.prism.timeseries.v1.Event;
import io.prism.timeseries.v1.QueryRequest;
import io.prism.timeseries.v1.QueryResponse;
import io.prism.timeseries.v1.StreamEventsResponse;
import io.prism.timeseries.v1.TimeSeriesServiceGrpc;
import io.prism.timeseries.v1.TimeSeriesServiceGrpc.TimeSeriesServiceBlockingStub;
import io.prism.timeseries.v1.TimeSeriesServiceGrpc.TimeSeriesServiceStub;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A client of the TimeSeries service with a session of its own. */
public final class Client {

  private final String namespace;
  private final ManagedChannel channel;

  Client(PrismTestServer server, String namespace, String permission, TimeSeriesConfig config) {
    this.namespace = namespace;
    channel =
        server.channel(
            server
                .tokens()
                .session()
                .namespace(namespace)
                .permissions(permission)
                .config(ClientConfig.newBuilder().setTimeseries(config).build())
                .token());
  }

  /** One that may do everything, of a server of its own kind. */
  public static Client of(PrismTestServer server) {
    return new Client(server, "default", "timeseries:write", TimeSeriesConfig.getDefaultInstance());
  }

  public String namespace() {
    return namespace;
  }

  public TimeSeriesServiceBlockingStub stub() {
    return TimeSeriesServiceGrpc.newBlockingStub(channel).withDeadlineAfter(60, TimeUnit.SECONDS);
  }

  /** A StreamEvents that sends when it may. */
  public RequestStream<Event, StreamEventsResponse> stream() {
    return new RequestStream<>(async()::streamEvents);
  }

  public TimeSeriesServiceStub async() {
    return TimeSeriesServiceGrpc.newStub(channel);
  }

  public ManagedChannel channel() {
    return channel;
  }

  public AppendEventsResponse append(Event... events) {
    return append(List.of(events));
  }

  public AppendEventsResponse append(List<Event> events) {
    return stub().appendEvents(AppendEventsRequest.newBuilder().addAllEvents(events).build());
  }

  public QueryResponse query(QueryRequest.Builder query) {
    return stub().queryEvents(query.build());
  }

  /** All events of a query, page by page. */
  public List<Event> pages(QueryRequest.Builder query, int limit) {
    List<Event> events = new ArrayList<>();
    QueryResponse page = query(query.setLimit(limit).clearPageToken());
    events.addAll(page.getEventsList());
    while (page.getHasMore()) {
      page = query(query.setPageToken(page.getNextPageToken()));
      events.addAll(page.getEventsList());
    }
    return events;
  }

  public List<Event> stream(QueryRequest.Builder query) {
    List<Event> events = new ArrayList<>();
    Iterator<Event> stream = stub().streamQuery(query.build());
    stream.forEachRemaining(events::add);
    return events;
  }

  public AggregateResponse aggregate(AggregateRequest.Builder query) {
    return stub().queryAggregates(query.build());
  }
}
