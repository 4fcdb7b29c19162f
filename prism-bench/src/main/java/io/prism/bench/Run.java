package io.prism.bench;

import io.prism.bench.deployment.Deployment;
import io.prism.bench.floor.Echo;
import io.prism.bench.report.ResultFile;
import io.prism.bench.report.Row;
import io.prism.bench.report.Table;
import io.prism.bench.scenario.Bench;
import io.prism.bench.scenario.Comparison;
import io.prism.bench.scenario.Effort;
import io.prism.bench.scenario.Scenario;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Scenarios, one after the other in one deployment. One that fails yields no figure. */
final class Run {
  private final Deployment deployment;
  private final Effort effort;
  private final @Nullable String commit;
  private final Consumer<String> progress;
  private final List<Row> rows = new ArrayList<>();
  private final List<String> failures = new ArrayList<>();

  /**
   * @param commit what is measured, or null when that is not known
   */
  Run(Deployment deployment, Effort effort, @Nullable String commit, Consumer<String> progress) {
    this.deployment = deployment;
    this.effort = effort;
    this.commit = commit;
    this.progress = progress;
  }

  /** Runs a scenario, and puts its row into the file, if there is one. */
  void run(Scenario scenario, @Nullable ResultFile file) throws InterruptedException {
    progress.accept(scenario.name() + ": " + scenario.description());
    try (Bench bench = new Bench(deployment, effort)) {
      Row row = new Comparison(scenario, progress).run(bench, commit);
      rows.add(row);
      if (file != null) {
        file.put(row);
      }
    } catch (InterruptedException e) {
      throw e;
    } catch (IOException e) {
      fail(scenario, "its row is not written: " + e.getMessage());
    } catch (Exception e) {
      fail(scenario, String.valueOf(e.getMessage()));
    }
  }

  private void fail(Scenario scenario, String why) {
    String failure = scenario.name() + " FAILED: " + why;
    failures.add(failure);
    progress.accept("  " + failure);
    progress.accept("  the end of the log of " + scenario.service().title() + ":");
    progress.accept(deployment.endOfLog(scenario.service()));
  }

  List<Row> rows() {
    return List.copyOf(rows);
  }

  List<String> failures() {
    return List.copyOf(failures);
  }

  String table() {
    return Table.of(rows, Echo.NAME);
  }
}
