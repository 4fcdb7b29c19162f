package io.prism.bench;

import io.prism.bench.report.ResultFile;
import io.prism.bench.scenario.Effort;
import io.prism.bench.scenario.Scenario;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The command line.
 *
 * @param scenarios what to run
 * @param json where to put the rows, or null
 * @param list whether only to tell which scenarios there are
 */
record Arguments(List<Scenario> scenarios, Effort effort, @Nullable ResultFile json, boolean list) {

  private static final int MAX = 100_000;

  static Arguments parse(List<String> words) {
    Deque<String> left = new ArrayDeque<>(words);
    List<String> names = new ArrayList<>();
    Effort effort = Effort.FULL;
    ResultFile json = null;
    boolean list = false;
    while (!left.isEmpty()) {
      String word = left.pop();
      switch (word) {
        case "--json" -> json = new ResultFile(Path.of(value(word, left)));
        case "--rounds" -> effort = effort.withRounds(number(word, left, 1));
        case "--warm-up" -> effort = effort.withWarmUp(Duration.ofSeconds(number(word, left, 0)));
        case "--round" -> effort = effort.withRound(Duration.ofSeconds(number(word, left, 1)));
        case "--list" -> list = true;
        default -> {
          if (word.startsWith("-")) {
            throw new BadArguments(
                "unknown option '"
                    + word
                    + "', expected --json, --rounds, --warm-up, --round or --list");
          }
          names.add(word);
        }
      }
    }
    return new Arguments(Scenarios.named(names), effort, json, list);
  }

  private static String value(String option, Deque<String> left) {
    if (left.isEmpty()) {
      throw new BadArguments(option + " has no value, expected one after it");
    }
    return left.pop();
  }

  private static int number(String option, Deque<String> left, int least) {
    String value = value(option, left);
    try {
      int number = Integer.parseInt(value);
      if (number >= least && number <= MAX) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Said below, together with a number out of range.
    }
    throw new BadArguments(
        "%s is '%s', expected a number from %d to %d".formatted(option, value, least, MAX));
  }
}
