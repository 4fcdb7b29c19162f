package io.prism.bench.scenario;

import io.prism.bench.load.ClosedLoop;
import java.time.Duration;

/**
 * How much is done.
 *
 * @param rounds how many rounds of each side count
 * @param warmUp how long Prism works before any round counts, at least one round: on few cores it
 *     takes a service the better part of a minute until all that matters is compiled
 * @param round how long a round starts operations for
 * @param ratePerSecond of open loops
 * @param messages most messages or rows that a round writes: they have to fit on a disk
 */
public record Effort(int rounds, Duration warmUp, Duration round, int ratePerSecond, int messages) {

  /** What figures are made with. */
  public static final Effort FULL =
      new Effort(5, Duration.ofSeconds(60), Duration.ofSeconds(10), 1000, 400_000);

  /** How long the other side works before: it is one library in a driver that has run for long. */
  Duration directWarmUp() {
    return warmUp.dividedBy(4);
  }

  /** Where rounds end of loops that do as much as they can. */
  public ClosedLoop.Limit limit() {
    return new ClosedLoop.Limit(round, messages);
  }

  /** The same for loops that write nothing. */
  public ClosedLoop.Limit readLimit() {
    return new ClosedLoop.Limit(round, Long.MAX_VALUE);
  }

  /** Other rounds. */
  public Effort withRounds(int other) {
    return new Effort(other, warmUp, round, ratePerSecond, messages);
  }

  /** Another warm-up. */
  public Effort withWarmUp(Duration other) {
    return new Effort(rounds, other, round, ratePerSecond, messages);
  }

  /** Rounds of another length. */
  public Effort withRound(Duration other) {
    return new Effort(rounds, warmUp, other, ratePerSecond, messages);
  }
}
