package io.prism.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LintTest {

  static Stream<Path> charts() {
    return Stream.concat(Stream.of(Charts.folder("prism-service")), Charts.installable());
  }

  @ParameterizedTest
  @MethodSource("charts")
  void aChartPassesTheStrictLint(Path chart) {
    LintResult result = new Helm(chart).lint().strict().call();

    assertThat(result.isFailed()).as("%s", result.getMessages()).isFalse();
  }
}
