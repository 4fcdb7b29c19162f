package io.prism.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prism.bench.report.ResultFile;
import io.prism.bench.scenario.Effort;
import io.prism.bench.scenario.Scenario;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ArgumentsTest {

  @Test
  void nameNothingForEverything() {
    assertThat(Arguments.parse(List.of()))
        .isEqualTo(new Arguments(Scenarios.all(), Effort.FULL, null, false));
  }

  @Test
  void areTakenInAnyOrder() {
    Arguments arguments =
        Arguments.parse(
            List.of(
                "publish",
                "--json",
                "a.json",
                "--rounds",
                "3",
                "echo",
                "--round",
                "60",
                "--warm-up",
                "0",
                "--list"));

    assertThat(arguments.scenarios().stream().map(Scenario::name))
        .containsExactly("echo", "publish");
    assertThat(arguments.json()).isEqualTo(new ResultFile(Path.of("a.json")));
    assertThat(arguments.effort())
        .isEqualTo(
            Effort.FULL.withRounds(3).withRound(Duration.ofMinutes(1)).withWarmUp(Duration.ZERO));
    assertThat(arguments.list()).isTrue();
  }

  @Test
  void areRefusedWithWhatWasFoundAndExpected() {
    refuse("unknown scenario 'ecco', expected some of: echo, publish,", "ecco");
    refuse("unknown option '--fast', expected --json,", "--fast");
    refuse("--rounds is '0', expected a number from 1 to", "--rounds", "0");
    refuse("--round is 'ten', expected a number from 1 to", "--round", "ten");
    refuse("--json has no value", "--json");
  }

  @Test
  void knowEveryScenarioByANameOfItsOwn() {
    assertThat(Scenarios.all()).extracting(Scenario::name).doesNotHaveDuplicates();
    assertThat(Scenarios.all())
        .allSatisfy(
            scenario -> {
              assertThat(scenario.name()).matches("[a-z]+(-[a-z0-9]+)*");
              assertThat(scenario.description()).isNotBlank().doesNotContain("\n");
            });
  }

  private static void refuse(String message, String... words) {
    assertThatThrownBy(() -> Arguments.parse(List.of(words)))
        .isInstanceOf(BadArguments.class)
        .hasMessageContaining(message);
  }
}
