package io.prism.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.prism.bench.deployment.Deployed;
import io.prism.bench.deployment.Deployment;
import io.prism.bench.report.ResultFile;
import io.prism.bench.report.Row;
import io.prism.bench.scenario.Effort;
import io.prism.bench.scenario.Scenario;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Every scenario, through real processes. Its figures are none: the load is much too small. */
@ExtendWith(Deployed.class)
final class BenchIT {
  private static final Effort TINY =
      new Effort(1, Duration.ZERO, Duration.ofMillis(500), 100, 2_000);
  private static final List<String> WITHOUT_DIRECT =
      List.of("echo", "echo-latency", "session-create");

  @TempDir private Path folder;

  @Test
  void everyScenarioDoesAllOfItsWorkAndYieldsACompleteRow(Deployment deployment) throws Exception {
    Path json = folder.resolve("rows.json");
    List<Scenario> scenarios = possible(deployment);
    Run run = new Run(deployment, TINY, "abc1234", System.out::println);
    for (Scenario scenario : scenarios) {
      run.run(scenario, new ResultFile(json));
    }

    assertThat(run.failures()).isEmpty();
    assertThat(run.rows()).allSatisfy(BenchIT::complete);
    List<String> names = scenarios.stream().map(Scenario::name).toList();
    assertThat(run.rows()).extracting(Row::scenario).containsExactlyElementsOf(names);
    assertThat(JsonMapper.shared().readTree(json.toFile()).valueStream())
        .extracting(BenchIT::scenario)
        .containsExactlyElementsOf(names);
    assertThat(run.table()).contains(names);
  }

  /** All, but for those whose store is not on this machine and is not said to be. */
  private static List<Scenario> possible(Deployment deployment) throws InterruptedException {
    String required = System.getenv().getOrDefault("PRISM_REQUIRE_ENGINES", "");
    List<Scenario> possible = new ArrayList<>();
    for (Scenario scenario : Scenarios.all()) {
      Optional<String> missing = deployment.missing(scenario.service());
      if (missing.isEmpty()) {
        possible.add(scenario);
      } else {
        assertThat(required).as(missing.get()).isEmpty();
        System.out.println(scenario.name() + " is left out: " + missing.get());
      }
    }
    return possible;
  }

  private static void complete(Row row) {
    assertThat(row.prism()).isPositive();
    assertThat(row.serviceCpuUs()).isPositive();
    assertThat(row.serviceHeapMb()).isPositive();
    assertThat(row.rounds()).isEqualTo(1);
    assertThat(row.commit()).isEqualTo("abc1234");
    boolean latencies = !row.scenario().equals("drain");
    if (latencies) {
      assertThat(row.p50Ms()).isPositive();
      assertThat(row.p99Ms()).isGreaterThanOrEqualTo(row.p50Ms());
    }
    if (WITHOUT_DIRECT.contains(row.scenario())) {
      assertThat(row.direct()).isNull();
      assertThat(row.ratio()).isNull();
      return;
    }
    assertThat(row.direct()).isPositive();
    assertThat(row.ratio()).isPositive();
    if (latencies) {
      assertThat(row.directP50Ms()).isPositive();
      assertThat(row.directP99Ms()).isGreaterThanOrEqualTo(row.directP50Ms());
    }
  }

  private static String scenario(JsonNode row) {
    return row.path("scenario").asString();
  }
}
