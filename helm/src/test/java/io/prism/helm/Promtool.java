package io.prism.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Prometheus' own tool, from the binary in {@code PRISM_TEST_PROMTOOL}. Without one the tests are
 * skipped, or fail when {@code PRISM_REQUIRE_ENGINES} has {@code prometheus} in it.
 */
final class Promtool {

  private final String binary;

  private Promtool(String binary) {
    this.binary = binary;
  }

  static Promtool find() {
    String binary = variable("PRISM_TEST_PROMTOOL");
    boolean required =
        List.of(variable("PRISM_REQUIRE_ENGINES").split(",", -1)).contains("prometheus");
    if (required && binary.isBlank()) {
      throw new AssertionError("PRISM_TEST_PROMTOOL names no promtool");
    }
    assumeTrue(!binary.isBlank(), "no promtool: PRISM_TEST_PROMTOOL is not set");
    return new Promtool(binary);
  }

  private static String variable(String name) {
    return System.getenv().getOrDefault(name, "");
  }

  /** Fails with what the tool says when it is not content. */
  void mustAccept(String verb, List<Path> files) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(binary, verb, "rules"));
    files.forEach(file -> command.add(file.toString()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
  }
}
