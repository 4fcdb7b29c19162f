package io.prism.bench.timeseries;

import io.prism.bench.client.PrismClient;
import io.prism.bench.deployment.Service;
import io.prism.bench.scenario.Bench;
import io.prism.config.v1.ClientConfig;
import io.prism.config.v1.TimeSeriesConfig;
import io.prism.timeseries.v1.Event;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Events of a web service: two dimensions, of which rollups keep one, and two metrics. */
final class Requests {
  static final String TYPE = "http.request";
  static final String REGION = "region";
  static final String HOST = "host";
  static final String LATENCY = "latency_ms";
  static final String BYTES = "bytes";
  static final String PAYLOAD = "{\"path\": \"/orders/4711\", \"status\": 200}";

  /** Apart from each other: a thousand a second, so that many of them spread over hours. */
  static final long STEP = TimeUnit.MILLISECONDS.toNanos(1);

  private static final int REGIONS = 5;
  private static final int HOSTS = 100;
  private static final int LATENCIES = 997;
  private static final int SIZES = 10_007;

  private final long first;
  private final AtomicLong next = new AtomicLong();

  /**
   * @param first Unix nanoseconds of the first one
   */
  Requests(long first) {
    this.first = first;
  }

  /** So long ago, in whole hours. */
  static long hoursAgo(int hours) {
    long hour = System.currentTimeMillis() / TimeUnit.HOURS.toMillis(1);
    return TimeUnit.HOURS.toNanos(hour - hours);
  }

  /** So many events, or what a round may write at most. */
  static int atMost(Bench bench, int events) {
    return Math.clamp(bench.effort().messages() / 2, 1, events);
  }

  static PrismClient client(Bench bench) throws InterruptedException {
    return bench.client(
        Service.TIMESERIES,
        ClientConfig.newBuilder()
            .setTimeseries(TimeSeriesConfig.newBuilder().addRollupDimensions(REGION))
            .build());
  }

  long number() {
    return next.getAndIncrement();
  }

  long timestamp(long number) {
    return first + number * STEP;
  }

  static String region(long number) {
    return "region-" + number % REGIONS;
  }

  static String host(long number) {
    return "host-" + number % HOSTS;
  }

  static double latency(long number) {
    return number % LATENCIES / 10.0;
  }

  static double bytes(long number) {
    return number % SIZES;
  }

  Event next() {
    long number = number();
    return Event.newBuilder()
        .setTimestamp(timestamp(number))
        .setEventType(TYPE)
        .setSource("web")
        .putDimensions(REGION, region(number))
        .putDimensions(HOST, host(number))
        .putMetrics(LATENCY, latency(number))
        .putMetrics(BYTES, bytes(number))
        .setPayload(PAYLOAD)
        .build();
  }
}
