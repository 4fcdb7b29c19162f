package io.prism.bench.timeseries;

import io.prism.bench.client.UnaryCall;
import io.prism.bench.deployment.Service;
import io.prism.bench.load.ClosedLoop;
import io.prism.bench.load.Operation;
import io.prism.bench.scenario.Bench;
import io.prism.bench.scenario.Scenario;
import io.prism.bench.scenario.Sides;
import io.prism.bench.scenario.Unit;
import io.prism.timeseries.v1.AppendEventsRequest;
import io.prism.timeseries.v1.AppendEventsResponse;
import io.prism.timeseries.v1.TimeSeriesServiceGrpc;
import java.sql.SQLException;
import java.util.Optional;

/** What AppendEvents can do. */
public final class EventsAppend implements Scenario {
  private static final int IN_FLIGHT = 20;
  private static final int EVENTS = 1000;

  /** As the service groups them. */
  private static final int BATCH = 10_000;

  @Override
  public String name() {
    return "events-append";
  }

  @Override
  public String description() {
    return "AppendEvents of 1000 events, 20 in flight, beside DuckDB's appender and 10 000 a batch";
  }

  @Override
  public Unit unit() {
    return Unit.EVENTS_PER_SECOND;
  }

  @Override
  public Service service() {
    return Service.TIMESERIES;
  }

  @Override
  public Sides open(Bench bench) throws InterruptedException, SQLException {
    ClosedLoop.Limit limit = bench.effort().limit();
    return new Sides(
        new ClosedLoop(IN_FLIGHT, EVENTS, limit, Runnable::run, throughPrism(bench)),
        directly(bench));
  }

  private static Operation throughPrism(Bench bench) throws InterruptedException {
    UnaryCall<AppendEventsRequest, AppendEventsResponse> call =
        new UnaryCall<>(
            Requests.client(bench).channel(),
            TimeSeriesServiceGrpc.getAppendEventsMethod(),
            answer ->
                answer.getDurable() && answer.getAccepted() == EVENTS
                    ? Optional.empty()
                    : Optional.of(answer.getAccepted() + " events, expected " + EVENTS));
    Requests requests = new Requests(Requests.hoursAgo(2));
    return attempt -> {
      AppendEventsRequest.Builder request = AppendEventsRequest.newBuilder();
      for (int i = 0; i < EVENTS; i++) {
        request.addEvents(requests.next());
      }
      call.start(request.build(), attempt);
    };
  }

  /**
   * The same events by the batch, one batch at a time, as a database with one writer takes them.
   */
  static ClosedLoop directly(Bench bench) throws SQLException {
    DirectDuckDb duckdb = DirectDuckDb.open(bench, "append");
    Requests requests = new Requests(Requests.hoursAgo(2));
    int batch = Requests.atMost(bench, BATCH);
    return new ClosedLoop(
        1,
        batch,
        bench.effort().limit(),
        Runnable::run,
        attempt -> duckdb.run(attempt, () -> duckdb.append(requests, batch)));
  }
}
