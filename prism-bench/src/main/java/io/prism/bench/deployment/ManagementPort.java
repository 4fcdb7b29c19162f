package io.prism.bench.deployment;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/**
 * What a service tells over HTTP.
 *
 * @param host where it listens
 * @param port its port
 */
public record ManagementPort(String host, int port) {
  private static final Duration LIMIT = Duration.ofSeconds(5);
  private static final int OK = 200;
  private static final HttpClient CLIENT = HttpClient.newBuilder().connectTimeout(LIMIT).build();

  /** The address of a page. */
  public URI page(String path) {
    return URI.create("http://" + host + ":" + port + path);
  }

  /** Whether the service says that it takes calls. */
  public boolean isReady() throws InterruptedException {
    try {
      return get("/actuator/health/readiness").statusCode() == OK;
    } catch (IOException e) {
      return false;
    }
  }

  /** Bytes of heap in use. */
  double heapUsed() throws InterruptedException {
    return sum("jvm_memory_used_bytes", "\"heap\"");
  }

  /**
   * The sum of a metric over its tags.
   *
   * @param metric as Prometheus has it
   */
  public double sum(String metric) throws InterruptedException {
    return sum(metric, "");
  }

  private double sum(String metric, String tag) throws InterruptedException {
    try {
      return get("/actuator/prometheus")
          .body()
          .lines()
          .filter(line -> line.startsWith(metric + "{") || line.startsWith(metric + " "))
          .filter(line -> line.contains(tag))
          .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
          .sum();
    } catch (IOException e) {
      throw new IllegalStateException("no metrics at " + page("/actuator/prometheus"), e);
    }
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(page(path)).timeout(LIMIT).build();
    return CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
  }
}
