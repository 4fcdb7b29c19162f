package io.prism.bench;

import io.prism.bench.deployment.Checkout;
import io.prism.bench.deployment.Deployment;
import io.prism.bench.report.ResultFile;
import io.prism.bench.scenario.Effort;
import io.prism.bench.scenario.Scenario;
import io.prism.local.OrderlyEnd;
import io.prism.local.engine.StartException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * {@code ./prism bench}: progress on standard error, the table on standard output, exit code 1 when
 * a scenario failed.
 */
public final class PrismBench {
  /** What is left by then the next run stops. */
  private static final Duration STOP_LIMIT = Duration.ofSeconds(200);

  private PrismBench() {}

  public static void main(String[] arguments) {
    int status = OrderlyEnd.of("prism bench", STOP_LIMIT, () -> run(Arrays.asList(arguments)));
    System.exit(status);
  }

  private static int run(List<String> words) {
    try {
      Arguments arguments = Arguments.parse(words);
      if (arguments.list()) {
        arguments.scenarios().forEach(PrismBench::tell);
        return 0;
      }
      ResultFile json = arguments.json();
      if (json != null) {
        json.check();
      }
      return measure(arguments);
    } catch (BadArguments | StartException | IOException e) {
      System.err.println("prism bench: " + e.getMessage());
      return 1;
    } catch (InterruptedException e) {
      return 1;
    }
  }

  private static void tell(Scenario scenario) {
    System.out.printf("  %-20s %s%n", scenario.name(), scenario.description());
  }

  private static int measure(Arguments arguments) throws InterruptedException {
    List<String> options = words(System.getProperty("prism.bench.options", ""));
    Consumer<String> progress = System.err::println;
    try (Deployment deployment = Deployment.below(data(), Checkout.named(), options, progress)) {
      Run run = new Run(deployment, arguments.effort(), commit(), progress);
      for (Scenario scenario : arguments.scenarios()) {
        Optional<String> missing = deployment.missing(scenario.service());
        if (missing.isPresent()) {
          progress.accept(scenario.name() + " is left out: " + missing.get());
        } else {
          run.run(scenario, arguments.json());
        }
      }
      if (!run.rows().isEmpty()) {
        System.out.print(
            "\n"
                + run.table()
                + "\n"
                + conditions(arguments.effort(), deployment.notableOptions()));
      }
      run.failures().forEach(failure -> System.err.println("prism bench: " + failure));
      return run.failures().isEmpty() ? 0 : 1;
    }
  }

  private static Path data() {
    return Path.of(System.getProperty("prism.bench.data", "target/bench"));
  }

  private static List<String> words(String text) {
    return text.isBlank() ? List.of() : List.of(text.strip().split("\\s+"));
  }

  private static @Nullable String commit() {
    String commit = System.getProperty("prism.commit", "");
    return commit.isBlank() ? null : commit;
  }

  private static String conditions(Effort effort, List<String> options) {
    return """
        Medians of %d rounds of %d s after %d s of warm-up. %d cores shared by driver, services and stores; %s %s;
        Java %s; services with %s.
        """
        .formatted(
            effort.rounds(),
            effort.round().toSeconds(),
            effort.warmUp().toSeconds(),
            Runtime.getRuntime().availableProcessors(),
            System.getProperty("os.name"),
            System.getProperty("os.version"),
            Runtime.version(),
            String.join(" ", options));
  }
}
