package io.prism.pubsub.testing;

import io.nats.client.Connection;
import io.nats.client.Nats;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.opentest4j.TestAbortedException;

/**
 * Real servers of NATS: the one at the address in {@code PRISM_TEST_NATS}, else those started here
 * from the binary that {@code PRISM_TEST_NATS_SERVER} names or the path has. Without any, tests are
 * skipped, or fail when {@code PRISM_REQUIRE_ENGINES} has {@code nats} in it.
 */
public final class NatsFixture {

  private static @Nullable NatsServer shared;

  private NatsFixture() {}

  /** The address of a server for all tests of this JVM. */
  public static synchronized String url() {
    String given = System.getenv("PRISM_TEST_NATS");
    if (given != null && !given.isEmpty()) {
      return given;
    }
    NatsServer running = shared;
    if (running == null) {
      running = server();
      Runtime.getRuntime().addShutdownHook(new Thread(running::close));
      shared = running;
    }
    return running.url();
  }

  /**
   * A server for one test.
   *
   * @param options of its command line
   */
  public static NatsServer server(String... options) {
    return new NatsServer(binary().orElseThrow(NatsFixture::missing), options);
  }

  private static RuntimeException missing() {
    String message =
        "no nats-server: neither PRISM_TEST_NATS_SERVER nor the path has one; .ci/engines gets it";
    List<String> required =
        List.of(
            Optional.ofNullable(System.getenv("PRISM_REQUIRE_ENGINES")).orElse("").split(",", -1));
    return required.contains("nats")
        ? new IllegalStateException(message)
        : new TestAbortedException(message);
  }

  private static Optional<String> binary() {
    String given = System.getenv("PRISM_TEST_NATS_SERVER");
    if (given != null && !given.isEmpty()) {
      return Optional.of(given);
    }
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    return Pattern.compile(Pattern.quote(File.pathSeparator))
        .splitAsStream(path)
        .map(folder -> Path.of(folder, "nats-server"))
        .filter(Files::isExecutable)
        .map(Path::toString)
        .findFirst();
  }

  /**
   * A plain client of NATS.
   *
   * @param connection its connection, closed with it
   */
  public record PlainClient(Connection connection) implements AutoCloseable {

    /** Connects to the server of this JVM. */
    public static PlainClient connect() throws IOException, InterruptedException {
      return new PlainClient(Nats.connect(url()));
    }

    @Override
    public void close() {
      try {
        connection.close();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
