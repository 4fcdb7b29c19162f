package io.prism.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;

/** Every service by the command line, against a running suite. */
public final class CommandLineTour {

  private final String address;
  private final String apiKey;
  private final Path folder;

  /**
   * @param folder for files
   */
  public CommandLineTour(String address, String apiKey, Path folder) {
    this.address = address;
    this.apiKey = apiKey;
    this.folder = folder;
  }

  /** Fails where a command does not do what it is for. */
  public void run() throws Exception {
    sessions();
    queue();
    reader();
    cache();
    timeSeries();
    objects();
    vectors();
    administration();
  }

  private void sessions() {
    String token = does("session", "create");
    assertThat(does("session", "show", "--token", token))
        .contains("SESSION_STATUS_ACTIVE", "namespace default");
    assertThat(does("session", "heartbeat", "--token", token)).contains("s left");
    assertThat(does("session", "refresh", "--by", "10m", "--token", token)).contains("until");
    does("session", "close", "--token", token);
    fails(26, "UNAUTHENTICATED", "session", "show", "--token", token);
    fails(26, "INVALID_CREDENTIALS", "session", "create", "--api-key", "no.such-key");
  }

  private void queue() {
    assertThat(does("queue", "publish", "cli-orders", "one", "--key", "k", "--header", "a=b"))
        .startsWith("cli-orders:");
    assertThat(doesWith("two", "queue", "publish", "cli-orders", "-", "--key", "k"))
        .startsWith("cli-orders:");
    assertThat(
            does(
                "queue",
                "subscribe",
                "cli-orders",
                "--group",
                "cli",
                "--from",
                "earliest",
                "--count",
                "2"))
        .contains("  one", "  two");
    fails(
        14,
        "DEADLINE_EXCEEDED",
        "queue",
        "subscribe",
        "cli-orders",
        "--group",
        "cli",
        "--timeout",
        "1s");
    assertThat(does("queue", "topic", "cli-orders")).contains("PARTITION", "MESSAGES");
    fails(15, "TOPIC_NOT_FOUND", "queue", "topic", "cli-nothing");
    assertThat(does("pubsub", "publish", "cli.orders", "hello")).endsWith("to 0");
  }

  private void reader() {
    assertThat(
            does(
                "reader", "query", "users", "--where", "id<=2", "--sort", "id:desc", "--field",
                "id"))
        .startsWith("id");
    assertThat(Long.parseLong(does("reader", "count", "users"))).isPositive();
    fails(15, "is not there", "reader", "get", "users", "999999999");
    fails(13, "no_such_field", "reader", "query", "users", "--where", "no_such_field=1");
    fails(15, "NOT_FOUND", "transact", "write", "no_such_table", "a=1");
  }

  private void cache() {
    does("cache", "set", "cli-key", "value", "--ttl", "5m");
    assertThat(does("cache", "get", "cli-key")).isEqualTo("value");
    assertThat(does("cache", "get", "cli-key", "--json"))
        .startsWith("{")
        .contains("\"found\":true");
    assertThat(does("cache", "delete", "cli-key")).isEqualTo("deleted");
    fails(15, "is not there", "cache", "get", "cli-key");
    assertThat(does("cache", "increment", "cli-counter", "--by", "5")).isEqualTo("5");
  }

  private void timeSeries() {
    assertThat(
            does(
                "timeseries",
                "append",
                "cli-click",
                "--dimension",
                "page=home",
                "--metric",
                "ms=12.5"))
        .isEqualTo("stored");
    assertThat(does("timeseries", "query", "--type", "cli-click"))
        .contains("cli-click", "page=home", "ms=12.5");
    assertThat(
            does(
                "timeseries",
                "aggregate",
                "--type",
                "cli-click",
                "--metric",
                "ms",
                "--function",
                "count,avg"))
        .contains("COUNT", "AVG", "12.5");
  }

  private void objects() throws Exception {
    Path file = Files.writeString(folder.resolve("cli.txt"), "some text");
    Path back = folder.resolve("cli-back.txt");
    assertThat(does("objects", "put", "cli", "a/b.txt", file.toString(), "--type", "text/plain"))
        .startsWith("9 bytes");
    does("objects", "get", "cli", "a/b.txt", back.toString());
    assertThat(back).hasContent("some text");
    assertThat(does("objects", "list", "cli", "a/")).contains("a/b.txt", "text/plain");
    assertThat(does("objects", "head", "cli", "a/b.txt")).contains("9 bytes");
    assertThat(does("objects", "url", "cli", "a/b.txt")).startsWith("http");
    assertThat(does("objects", "delete", "cli", "a/b.txt")).isEqualTo("deleted");
    fails(
        15, "NOT_FOUND", "objects", "get", "cli", "a/b.txt", folder.resolve("nothing").toString());
    assertThat(folder.resolve("nothing")).doesNotExist();
  }

  private void vectors() {
    assertThat(does("vector", "index", "v1", "1,0,0", "--metadata", "a=b", "--index", "cli"))
        .isEqualTo("created");
    assertThat(does("vector", "search", "1,0,0", "--top", "1", "--where", "a=b", "--index", "cli"))
        .contains("v1", "1.0");
    assertThat(does("vector", "get", "v1", "--index", "cli")).contains("1.0", "a=b");
    assertThat(does("vector", "delete", "v1", "--index", "cli")).isEqualTo("deleted");
    fails(2, "expected numbers", "vector", "search", "a,b", "--index", "cli");
  }

  private void administration() {
    assertThat(does("admin", "create-namespace", "cli-space")).contains("cli-space", "ACTIVE");
    assertThat(does("admin", "set-namespace", "cli-space", "read_only")).contains("READ_ONLY");
    assertThat(does("admin", "namespaces")).contains("cli-space");
    String key =
        does(
            "admin",
            "create-key",
            "cli-user",
            "--for-namespace",
            "default",
            "--permission",
            "cache:read",
            "--expires-in",
            "1h");
    fails(17, "PERMISSION_DENIED", "cache", "set", "k", "v", "--api-key", key);
    assertThat(does("admin", "keys")).contains("cli-user", "cache:read");
    assertThat(does("admin", "revoke-key", key.substring(0, key.indexOf('.')))).contains("revoked");
    fails(26, "INVALID_CREDENTIALS", "cache", "get", "k", "--api-key", key);
    assertThat(does("admin", "sessions")).contains("prism-cli");
    assertThat(
            does(
                "admin",
                "register-config",
                "{\"name\": \"cli-config\", \"namespace\": \"default\"}",
                "--overwrite"))
        .startsWith("cli-config");
    assertThat(does("admin", "configs")).contains("cli-config");
    fails(2, "no ClientConfig", "admin", "register-config", "{\"nam\": 1}");
    assertThat(does("admin", "audit")).contains("ACTOR");
  }

  private String does(String... arguments) {
    return doesWith("", arguments);
  }

  private String doesWith(String input, String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int status = execute(input, out, err, arguments);
    assertThat(status).as("%s: %s", List.of(arguments), err).isZero();
    return out.toString().strip();
  }

  private void fails(int status, String told, String... arguments) {
    StringWriter err = new StringWriter();
    assertThat(execute("", new StringWriter(), err, arguments))
        .as("%s: %s", List.of(arguments), err)
        .isEqualTo(status);
    assertThat(err.toString()).contains(told);
  }

  private int execute(String input, StringWriter out, StringWriter err, String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--address", address));
    if (!all.contains("--api-key") && !all.contains("--token")) {
      all.addAll(List.of("--api-key", apiKey));
    }
    CommandLine line =
        PrismCli.commandLine(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)))
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true));
    return line.execute(all.toArray(String[]::new));
  }
}
