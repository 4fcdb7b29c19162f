package io.prism.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class TableTest {

  @Test
  void hasTheFiguresOfEachScenarioAndItsShareOfTheFloor() {
    String table =
        Table.of(
            List.of(Rows.alone("echo", 20_000), Rows.compared("publish", 5_000, 50_000)), "echo");

    assertThat(table.lines().skip(2))
        .containsExactly(
            "| echo | calls/s | 20 000 | – | – | – | 9.50 / 20.25 | – | 123.5 | 67.8 |",
            "| publish | calls/s | 5 000 | 50 000 | 0.10 | 0.25 | 9.50 / 20.25 | 1.00 / 2.00 | 123.5"
                + " | 67.8 |");
  }

  @Test
  void hasAsManyColumnsInEveryLine() {
    String table = Table.of(List.of(Rows.alone("echo", 1), Rows.compared("publish", 1, 2)), "echo");

    assertThat(table.lines().map(line -> line.chars().filter(c -> c == '|').count()).distinct())
        .hasSize(1);
  }

  @Test
  void leavesTheShareOutWhenTheFloorWasNotMeasured() {
    assertThat(Table.of(List.of(Rows.compared("publish", 5_000, 50_000)), "echo"))
        .contains("| 0.10 | – |");
  }
}
