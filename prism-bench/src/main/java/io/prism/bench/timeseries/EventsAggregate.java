package io.prism.bench.timeseries;

import com.google.protobuf.util.Durations;
import io.grpc.Channel;
import io.prism.bench.client.UnaryCall;
import io.prism.bench.deployment.ManagementPort;
import io.prism.bench.deployment.Service;
import io.prism.bench.load.ClosedLoop;
import io.prism.bench.load.Operation;
import io.prism.bench.load.WorkNotDone;
import io.prism.bench.scenario.Bench;
import io.prism.bench.scenario.Scenario;
import io.prism.bench.scenario.Sides;
import io.prism.bench.scenario.Unit;
import io.prism.timeseries.v1.AggregateFunction;
import io.prism.timeseries.v1.AggregateRequest;
import io.prism.timeseries.v1.AggregateResponse;
import io.prism.timeseries.v1.AppendEventsRequest;
import io.prism.timeseries.v1.AppendEventsResponse;
import io.prism.timeseries.v1.TimeSeriesServiceGrpc;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** How long an aggregate takes over many events, by the hour, which rollups have. */
public final class EventsAggregate implements Scenario {
  private static final int HOURS_AGO = 48;
  private static final int BATCH = 10_000;
  private static final int FILLING = 2;
  private static final Duration LIMIT = Duration.ofMinutes(10);
  private static final long POLL_MILLIS = 250;

  /** How many times the rows that a round may write; ten millions with the usual effort. */
  private static final int TIMES = 25;

  @Override
  public String name() {
    return "events-aggregate";
  }

  @Override
  public String description() {
    return "QueryAggregates by hour and region over 10 million events, rolled up, beside SQL over the events;"
        + " p50";
  }

  @Override
  public Unit unit() {
    return Unit.MILLISECONDS;
  }

  @Override
  public Service service() {
    return Service.TIMESERIES;
  }

  @Override
  public Sides open(Bench bench) throws InterruptedException, SQLException {
    ClosedLoop.Limit limit = bench.effort().readLimit();
    return new Sides(
        new ClosedLoop(1, limit, throughPrism(bench)), new ClosedLoop(1, limit, directly(bench)));
  }

  private static long count(Bench bench) {
    return Math.max(1, (long) bench.effort().messages() * TIMES / BATCH) * BATCH;
  }

  private static Operation throughPrism(Bench bench) throws InterruptedException {
    Channel channel = Requests.client(bench).channel();
    long first = Requests.hoursAgo(HOURS_AGO);
    long count = count(bench);
    fill(channel, first, count);
    AggregateRequest request = request(first, count);
    awaitRollups(bench);
    UnaryCall<AggregateRequest, AggregateResponse> call =
        new UnaryCall<>(
            channel,
            TimeSeriesServiceGrpc.getQueryAggregatesMethod(),
            answer -> {
              double found = counted(answer);
              return found == count
                  ? Optional.empty()
                  : Optional.of(found + " events in the sums, expected " + count);
            });
    return attempt -> call.start(request, attempt);
  }

  private static void fill(Channel channel, long first, long count) throws InterruptedException {
    Requests requests = new Requests(first);
    UnaryCall<AppendEventsRequest, AppendEventsResponse> call =
        new UnaryCall<>(channel, TimeSeriesServiceGrpc.getAppendEventsMethod());
    var _ =
        new ClosedLoop(
                FILLING,
                BATCH,
                new ClosedLoop.Limit(Duration.ofHours(1), count),
                Runnable::run,
                attempt -> {
                  AppendEventsRequest.Builder request = AppendEventsRequest.newBuilder();
                  for (int i = 0; i < BATCH; i++) {
                    request.addEvents(requests.next());
                  }
                  call.start(request.build(), attempt);
                })
            .round();
  }

  private static AggregateRequest request(long first, long count) {
    long hour = TimeUnit.HOURS.toNanos(1);
    long end = (first + count * Requests.STEP + hour - 1) / hour * hour;
    return AggregateRequest.newBuilder()
        .setStartTime(first)
        .setEndTime(end)
        .addMetricNames(Requests.LATENCY)
        .addFunctions(AggregateFunction.AGGREGATE_FUNCTION_COUNT)
        .addFunctions(AggregateFunction.AGGREGATE_FUNCTION_AVG)
        .addFunctions(AggregateFunction.AGGREGATE_FUNCTION_P95)
        .addGroupBy(Requests.REGION)
        .setBucketSize(Durations.fromHours(1))
        .setLimit(10_000)
        .build();
  }

  private static double counted(AggregateResponse answer) {
    return answer.getRowsList().stream()
        .filter(row -> row.getFunction() == AggregateFunction.AGGREGATE_FUNCTION_COUNT)
        .mapToDouble(row -> row.getValue())
        .sum();
  }

  private static void awaitRollups(Bench bench) throws InterruptedException {
    ManagementPort metrics = bench.deployment().service(Service.TIMESERIES).management();
    long limit = System.nanoTime() + LIMIT.toNanos();
    while (metrics.sum("prism_timeseries_rollups_behind") > 0) {
      if (System.nanoTime() > limit) {
        throw new WorkNotDone("rollups are still behind after " + LIMIT);
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
  }

  private static Operation directly(Bench bench) throws SQLException {
    DirectDuckDb duckdb = DirectDuckDb.open(bench, "aggregate");
    long first = Requests.hoursAgo(HOURS_AGO);
    duckdb.execute(
        """
        INSERT INTO events SELECT 'default', %d + i * %d, 'http.request', 'web', '', i,
          MAP {'region': 'region-' || (i %% 5), 'host': 'host-' || (i %% 100)},
          MAP {'latency_ms': (i %% 997) / 10, 'bytes': i %% 10007}, '', 100000, 'region'
        FROM range(%d) AS numbers(i)
        """
            .formatted(first, Requests.STEP, count(bench)));
    String query =
        """
        SELECT timestamp - timestamp %% %d AS hour, dimensions['region'] AS region, count(*),
          avg(metrics['latency_ms']), approx_quantile(metrics['latency_ms'], 0.95)
        FROM events WHERE namespace = 'default' GROUP BY ALL ORDER BY ALL
        """
            .formatted(TimeUnit.HOURS.toNanos(1));
    return attempt ->
        duckdb.run(
            attempt,
            () -> {
              if (duckdb.rows(query) == 0) {
                throw new WorkNotDone("no rows");
              }
            });
  }
}
