package io.prism.bench.scenario;

import io.prism.bench.deployment.ServiceProcess;
import io.prism.bench.load.Load;
import io.prism.bench.load.Measurement;
import io.prism.bench.report.Row;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs the two sides of a scenario against each other, in alternating rounds, so that whatever else
 * the machine does hits both.
 */
public final class Comparison {
  private static final double MEGABYTE = 1024 * 1024;
  private static final double NANOS_PER_MICRO = 1e3;
  private static final MathContext DIGITS = new MathContext(4);

  private final Scenario scenario;
  private final Consumer<String> progress;
  private final List<Measurement> prism = new ArrayList<>();
  private final List<Measurement> direct = new ArrayList<>();
  private final List<Double> cpuMicros = new ArrayList<>();

  /**
   * @param progress takes a line for the user with every round
   */
  public Comparison(Scenario scenario, Consumer<String> progress) {
    this.scenario = scenario;
    this.progress = progress;
  }

  /**
   * The figures of all rounds together.
   *
   * @param commit what is measured, or null when that is not known
   * @throws Exception when any of the work was not done
   */
  public Row run(Bench bench, @Nullable String commit) throws Exception {
    Effort effort = bench.effort();
    ServiceProcess service = bench.deployment().service(scenario.service());
    Sides sides = scenario.open(bench);
    progress.accept("  warm-up for %d s".formatted(effort.warmUp().toSeconds()));
    warmUp(sides.prism(), effort.warmUp());
    if (sides.direct() != null) {
      warmUp(sides.direct(), effort.directWarmUp());
    }
    for (int i = 1; i <= effort.rounds(); i++) {
      long before = service.cpuTime().toNanos();
      Measurement measured = sides.prism().round();
      long used = service.cpuTime().toNanos() - before;
      prism.add(measured);
      cpuMicros.add(used / NANOS_PER_MICRO / measured.items());
      if (sides.direct() != null) {
        direct.add(sides.direct().round());
      }
      tell(i, effort.rounds());
    }
    return row(service.liveHeap() / MEGABYTE, effort.rounds(), commit);
  }

  private static void warmUp(Load load, Duration time) throws InterruptedException {
    long end = System.nanoTime() + time.toNanos();
    Load warm = load.warmUp();
    do {
      var _ = warm.round();
    } while (System.nanoTime() - end < 0);
  }

  private void tell(int round, int rounds) {
    String other =
        direct.isEmpty() ? "" : ", directly " + written(scenario.unit().of(direct.getLast()));
    progress.accept(
        "  round %d of %d: Prism %s%s %s"
            .formatted(
                round,
                rounds,
                written(scenario.unit().of(prism.getLast())),
                other,
                scenario.unit().symbol()));
  }

  private static String written(double figure) {
    return String.format(Locale.ROOT, figure < 100 ? "%.3f" : "%.0f", figure);
  }

  private Row row(double heapMegabytes, int rounds, @Nullable String commit) {
    Double figure = figure(prism);
    Double compared = figure(direct);
    return new Row(
        scenario.name(),
        scenario.unit().symbol(),
        rounded(figure),
        rounded(compared),
        rounded(figure == null || compared == null ? null : figure / compared),
        rounded(latency(prism, 50)),
        rounded(latency(prism, 99)),
        rounded(latency(direct, 50)),
        rounded(latency(direct, 99)),
        rounded(Medians.median(cpuMicros)),
        rounded(heapMegabytes),
        rounds,
        commit);
  }

  /** More digits than these say nothing. */
  private static @Nullable Double rounded(@Nullable Double value) {
    return value == null ? null : BigDecimal.valueOf(value).round(DIGITS).doubleValue();
  }

  private @Nullable Double figure(List<Measurement> rounds) {
    return rounds.isEmpty()
        ? null
        : Medians.median(rounds.stream().map(scenario.unit()::of).toList());
  }

  private static @Nullable Double latency(List<Measurement> rounds, double percentile) {
    List<@Nullable Double> found = new ArrayList<>();
    rounds.forEach(round -> found.add(round.latencyMillis(percentile)));
    return Medians.medianOrNull(found);
  }
}
