package io.prism.local;

import io.prism.local.engine.StartException;
import io.prism.local.services.Ports;
import io.prism.local.services.Suite;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

/**
 * Prism on one machine: takes the data folder, starts the engines and the services, and stops them
 * in reverse when it is asked to end.
 */
public final class PrismLocal {
  /** More than all bounded stops together; what is left by then is stopped by the next start. */
  private static final Duration STOP_LIMIT = Duration.ofSeconds(105);

  private final Consumer<String> progress;

  private PrismLocal(Consumer<String> progress) {
    this.progress = progress;
  }

  public static void main(String[] arguments) {
    PrismLocal local = new PrismLocal(System.out::println);
    int status = OrderlyEnd.of("prism", STOP_LIMIT, local::run);
    System.exit(status);
  }

  private int run() {
    try {
      serve(LocalSettings.from(System.getenv(), System.getProperties()));
      return 0;
    } catch (StartException e) {
      System.err.println("prism: " + e.getMessage());
      return 1;
    } catch (InterruptedException e) {
      return 0;
    }
  }

  private void serve(LocalSettings settings) throws InterruptedException {
    Instant begin = Instant.now();
    try (DataFolder data = DataFolder.take(settings.data(), settings.address())) {
      FreePorts.require(settings);
      try (LocalEngines engines = LocalEngines.needed(settings, data.path(), progress)) {
        engines.start();
        try (Suite suite =
            Suite.start(
                new Ports(settings.port(), settings.managementPort()),
                data.path(),
                Migrations.in(data.path()),
                engines.stores(),
                progress)) {
          welcome(settings, data, suite, Duration.between(begin, Instant.now()));
          data.ready();
          awaitStop();
        }
      }
    }
  }

  private void welcome(LocalSettings settings, DataFolder data, Suite suite, Duration taken) {
    progress.accept("");
    progress.accept("Prism is ready after %.1f s".formatted(taken.toMillis() / 1000.0));
    progress.accept("");
    progress.accept("  address     " + settings.address());
    progress.accept("  management  http://127.0.0.1:" + settings.managementPort());
    progress.accept("  data        " + data.path());
    progress.accept("  tables      made by the SQL files in " + Migrations.in(data.path()));
    progress.accept("  log         " + data.path().resolve("logs/prism.log"));
    progress.accept("  API key     " + suite.apiKey());
    progress.accept(
        "              an administrator's, kept in the file api-key of the data folder");
    if (suite.failedMigrations() > 0) {
      progress.accept("");
      progress.accept(
          "WARNING: tables of %d namespaces are not as their files say; the log tells why"
              .formatted(suite.failedMigrations()));
    }
  }

  private void awaitStop() throws InterruptedException {
    try {
      new CountDownLatch(1).await();
    } finally {
      progress.accept("stopping ...");
    }
  }
}
