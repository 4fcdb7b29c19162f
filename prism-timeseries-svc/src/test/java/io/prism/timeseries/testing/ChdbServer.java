package io.prism.timeseries.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Serves as much of ClickHouse's HTTP interface as its client needs, over {@link Chdb}: statements,
 * inserts, parameters, settings and errors. It runs in a process of its own, since a fault of the
 * engine ends its process, and ends when the process ends that has started it.
 */
final class ChdbServer {

  private static final Pattern CODE = Pattern.compile("Code: (\\d+)");
  private static final Pattern INSERT =
      Pattern.compile("(INSERT INTO .*) FORMAT (\\w+)\\s*", Pattern.DOTALL);

  /** Settings start with these and are of the interface, or say what is so here anyway. */
  private static final Pattern NOT_OF_STATEMENTS =
      Pattern.compile(
          "query|query_id|database|default_format|wait_end_of_query|compress|decompress|readonly"
              + "|cancel_http_readonly_queries_on_client_close|param_.*");

  private final Chdb chdb;
  private final Path folder;

  private ChdbServer(Chdb chdb, Path folder) {
    this.chdb = chdb;
    this.folder = folder;
  }

  /**
   * Listens until its parent has ended.
   *
   * @param arguments port to listen on, the library, and a folder that is there
   */
  public static void main(String[] arguments) throws IOException {
    ProcessHandle.current()
        .parent()
        .ifPresent(
            parent -> {
              CompletableFuture<Void> _ =
                  parent.onExit().thenRun(() -> Runtime.getRuntime().halt(0));
            });
    Path folder = Path.of(arguments[2]);
    ChdbServer served = new ChdbServer(new Chdb(Path.of(arguments[1]), folder), folder);
    HttpServer server =
        HttpServer.create(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[0])),
            100);
    server.createContext("/", served::answer);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      Map<String, String> query = query(exchange.getRequestURI().getRawQuery());
      byte[] rows;
      try (InputStream body = exchange.getRequestBody()) {
        rows = answer(exchange, query, body);
      } catch (Chdb.Refusal e) {
        refuse(exchange, e);
        return;
      }
      if (rows.length == 0) {
        exchange.sendResponseHeaders(200, -1);
        return;
      }
      exchange.sendResponseHeaders(200, rows.length);
      exchange.getResponseBody().write(rows);
    }
  }

  private byte[] answer(HttpExchange exchange, Map<String, String> query, InputStream body)
      throws IOException, Chdb.Refusal {
    String database = exchange.getRequestHeaders().getFirst("X-ClickHouse-Database");
    String format = exchange.getRequestHeaders().getFirst("X-ClickHouse-Format");
    Map<String, String> settings = new LinkedHashMap<>(query);
    settings.keySet().removeIf(name -> NOT_OF_STATEMENTS.matcher(name).matches());
    Map<String, String> parameters = new LinkedHashMap<>();
    query.forEach(
        (name, value) -> {
          if (name.startsWith("param_")) {
            parameters.put(name.substring("param_".length()), value);
          }
        });
    String statement = query.get("query");
    if (statement == null) {
      String text = new String(body.readAllBytes(), StandardCharsets.UTF_8);
      return run(database, settings, text, format == null ? "TabSeparated" : format, parameters);
    }
    Matcher insert = INSERT.matcher(statement);
    if (!insert.matches()) {
      throw new Chdb.Refusal("Code: 62. DB::Exception: not served here: " + statement);
    }
    Path rows = Files.createTempFile(folder, "insert", ".rows");
    try {
      Files.write(rows, body.readAllBytes());
      String fromFile =
          "%s FROM INFILE '%s' FORMAT %s".formatted(insert.group(1), rows, insert.group(2));
      return run(database, settings, fromFile, "Null", parameters);
    } finally {
      Files.delete(rows);
    }
  }

  /** All statements have the same session, so that settings are taken back. */
  private byte[] run(
      String database,
      Map<String, String> settings,
      String statement,
      String format,
      Map<String, String> parameters)
      throws Chdb.Refusal {
    synchronized (chdb) {
      chdb.query("USE `" + database + "`", "Null", Map.of());
      try {
        for (Map.Entry<String, String> setting : settings.entrySet()) {
          String assignment = "SET %s = '%s'".formatted(setting.getKey(), setting.getValue());
          chdb.query(assignment, "Null", Map.of());
        }
        return chdb.query(statement, format, parameters);
      } finally {
        for (String name : settings.keySet()) {
          chdb.query("SET " + name + " = DEFAULT", "Null", Map.of());
        }
      }
    }
  }

  private static void refuse(HttpExchange exchange, Chdb.Refusal refusal) throws IOException {
    String message = String.valueOf(refusal.getMessage());
    Matcher code = CODE.matcher(message);
    exchange
        .getResponseHeaders()
        .set("X-ClickHouse-Exception-Code", code.find() ? code.group(1) : "1001");
    byte[] body = message.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(500, body.length);
    exchange.getResponseBody().write(body);
  }

  private static Map<String, String> query(String raw) {
    Map<String, String> query = new LinkedHashMap<>();
    if (raw != null) {
      for (String pair : raw.split("&", -1)) {
        int equals = pair.indexOf('=');
        if (equals > 0) {
          query.put(
              URLDecoder.decode(pair.substring(0, equals), StandardCharsets.UTF_8),
              URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
        }
      }
    }
    return query;
  }
}
