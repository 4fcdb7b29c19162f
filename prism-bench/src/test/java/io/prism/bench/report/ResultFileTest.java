package io.prism.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ResultFileTest {
  @TempDir private Path folder;
  private Path path;
  private ResultFile file;

  @BeforeEach
  void nameAFile() {
    path = folder.resolve("performance.json");
    file = new ResultFile(path);
  }

  @Test
  void isMadeWhenThereIsNone() throws IOException {
    file.check();
    file.put(Rows.alone("echo", 20_000));

    assertThat(path)
        .hasContent(
            """
            [
              {"scenario":"echo","unit":"calls/s","prism":20000.0,"direct":null,"ratio":null,\
            "p50_ms":9.5,"p99_ms":20.25,"direct_p50_ms":null,"direct_p99_ms":null,\
            "service_cpu_us":123.45,"service_heap_mb":67.8,"rounds":5,"commit":"abc1234"}
            ]
            """);
  }

  @Test
  void takesANewRowInThePlaceOfTheOlderOneOfItsScenario() throws IOException {
    file.put(Rows.alone("echo", 1));
    file.put(Rows.compared("publish", 2, 4));
    file.put(Rows.alone("drain", 3));
    file.put(Rows.compared("publish", 8, 4));

    assertThat(Files.readString(path).lines().filter(line -> line.contains("scenario")))
        .satisfiesExactly(
            row -> assertThat(row).contains("\"echo\""),
            row -> assertThat(row).contains("\"publish\"", "\"prism\":8.0", "\"ratio\":2.0"),
            row -> assertThat(row).contains("\"drain\""));
  }

  @Test
  void leavesRowsOfOtherScenariosAsTheyAre() throws IOException {
    String other = "{\"scenario\":\"reader-page\",\"added_later\":[1,2]}";
    Files.writeString(path, "[" + other + "]");

    file.put(Rows.alone("echo", 1));

    assertThat(path).content().contains(other);
  }

  @Test
  void isCheckedBeforeAnythingIsMeasured() throws IOException {
    Files.writeString(path, "{\"rows\":[]}");
    assertThatThrownBy(file::check)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("expected a list of rows");

    Files.writeString(path, "| a table |");
    assertThatThrownBy(file::check)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("expected a list of rows");

    ResultFile nowhere = new ResultFile(folder.resolve("none/performance.json"));
    assertThatThrownBy(nowhere::check)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("has no folder");
  }
}
