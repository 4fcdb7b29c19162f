package io.prism.cli;

import static io.prism.cli.Output.cells;

import io.prism.timeseries.v1.AggregateFunction;
import io.prism.timeseries.v1.AggregateRequest;
import io.prism.timeseries.v1.AppendEventsRequest;
import io.prism.timeseries.v1.Event;
import io.prism.timeseries.v1.QueryRequest;
import io.prism.timeseries.v1.TimeSeriesServiceGrpc;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "timeseries", description = "Events by time, and their sums, on ClickHouse.")
final class TimeSeriesCommands {

  /** What is made of the values of a metric. */
  enum Function {
    COUNT(AggregateFunction.AGGREGATE_FUNCTION_COUNT),
    SUM(AggregateFunction.AGGREGATE_FUNCTION_SUM),
    AVG(AggregateFunction.AGGREGATE_FUNCTION_AVG),
    MIN(AggregateFunction.AGGREGATE_FUNCTION_MIN),
    MAX(AggregateFunction.AGGREGATE_FUNCTION_MAX),
    P50(AggregateFunction.AGGREGATE_FUNCTION_P50),
    P95(AggregateFunction.AGGREGATE_FUNCTION_P95),
    P99(AggregateFunction.AGGREGATE_FUNCTION_P99);

    private final AggregateFunction function;

    Function(AggregateFunction function) {
      this.function = function;
    }
  }

  private final PrismCli prism;

  TimeSeriesCommands(PrismCli prism) {
    this.prism = prism;
  }

  @Command(description = "Appends an event of now.")
  int append(
      @Parameters(paramLabel = "TYPE") String type,
      @Option(
              names = "--source",
              paramLabel = "NAME",
              defaultValue = "prism-cli",
              description = "${DEFAULT-VALUE}")
          String source,
      @Option(names = "--dimension", paramLabel = "NAME=VALUE")
          @Nullable Map<String, String> dimensions,
      @Option(names = "--metric", paramLabel = "NAME=NUMBER") @Nullable Map<String, Double> metrics,
      @Option(names = "--payload", paramLabel = "TEXT") Optional<String> payload,
      @Option(
              names = "--id",
              paramLabel = "ID",
              description = "an event with the same one is the same event")
          Optional<String> id)
      throws Exception {
    Event.Builder event =
        Event.newBuilder()
            .setTimestamp(Times.nanos(Instant.now()))
            .setEventType(type)
            .setSource(source);
    if (dimensions != null) {
      event.putAllDimensions(dimensions);
    }
    if (metrics != null) {
      event.putAllMetrics(metrics);
    }
    payload.ifPresent(event::setPayload);
    id.ifPresent(event::setEventId);
    return prism.say(
        channel ->
            TimeSeriesServiceGrpc.newBlockingStub(channel)
                .appendEvents(AppendEventsRequest.newBuilder().addEvents(event).build()),
        answer ->
            answer.getRejected() == 0 ? "stored" : "refused: " + answer.getErrors(0).getMessage());
  }

  @Command(description = "Shows events, the newest first.")
  int query(
      @Option(
              names = "--since",
              paramLabel = "TIME",
              defaultValue = "1h",
              description = "how far back: ${DEFAULT-VALUE}")
          Duration since,
      @Option(names = "--type", paramLabel = "TYPE", description = "may be repeated")
          @Nullable List<String> types,
      @Option(names = "--where", paramLabel = "DIMENSION=VALUE")
          @Nullable Map<String, String> filters,
      @Option(
              names = "--limit",
              paramLabel = "N",
              defaultValue = "100",
              description = "most events: ${DEFAULT-VALUE}")
          int limit)
      throws Exception {
    Instant now = Instant.now();
    QueryRequest.Builder request =
        QueryRequest.newBuilder()
            .setStartTime(Times.nanos(now.minus(since)))
            .setEndTime(Times.nanos(now.plusSeconds(1)))
            .setDescending(true)
            .setLimit(limit);
    if (types != null) {
      request.addAllEventTypes(types);
    }
    if (filters != null) {
      request.putAllFilters(filters);
    }
    return prism.table(
        channel ->
            TimeSeriesServiceGrpc.newBlockingStub(channel)
                .queryEvents(request.build())
                .getEventsList(),
        List.of("TIME", "TYPE", "SOURCE", "DIMENSIONS", "METRICS"),
        event ->
            cells(
                Times.text(event.getTimestamp()),
                event.getEventType(),
                event.getSource(),
                event.getDimensionsMap(),
                event.getMetricsMap()));
  }

  @Command(description = "Sums events up, by time and by dimensions.")
  int aggregate(
      @Option(
              names = "--since",
              paramLabel = "TIME",
              defaultValue = "1h",
              description = "how far back: ${DEFAULT-VALUE}")
          Duration since,
      @Option(
              names = "--bucket",
              paramLabel = "TIME",
              description = "a row for each; else one for all")
          Optional<Duration> bucket,
      @Option(names = "--metric", paramLabel = "NAME", description = "may be repeated")
          @Nullable List<String> metrics,
      @Option(
              names = "--function",
              paramLabel = "NAME",
              defaultValue = "count",
              split = ",",
              description = "${COMPLETION-CANDIDATES}; ${DEFAULT-VALUE}")
          List<Function> functions,
      @Option(names = "--by", paramLabel = "DIMENSION", description = "may be repeated")
          @Nullable List<String> groups,
      @Option(names = "--type", paramLabel = "TYPE", description = "may be repeated")
          @Nullable List<String> types,
      @Option(names = "--where", paramLabel = "DIMENSION=VALUE")
          @Nullable Map<String, String> filters)
      throws Exception {
    Instant now = Instant.now();
    AggregateRequest.Builder request =
        AggregateRequest.newBuilder()
            .setStartTime(Times.nanos(now.minus(since)))
            .setEndTime(Times.nanos(now.plusSeconds(1)));
    functions.forEach(function -> request.addFunctions(function.function));
    bucket.ifPresent(size -> request.setBucketSize(Times.proto(size)));
    if (filters != null) {
      request.putAllFilters(filters);
    }
    if (metrics != null) {
      request.addAllMetricNames(metrics);
    }
    if (groups != null) {
      request.addAllGroupBy(groups);
    }
    if (types != null) {
      request.addAllEventTypes(types);
    }
    return prism.table(
        channel ->
            TimeSeriesServiceGrpc.newBlockingStub(channel)
                .queryAggregates(request.build())
                .getRowsList(),
        List.of("BUCKET", "GROUP", "METRIC", "FUNCTION", "VALUE"),
        row ->
            cells(
                Times.text(row.getBucketStart()),
                row.getGroupMap(),
                row.getMetric(),
                row.getFunction().name().replace("AGGREGATE_FUNCTION_", ""),
                row.getValue()));
  }
}
