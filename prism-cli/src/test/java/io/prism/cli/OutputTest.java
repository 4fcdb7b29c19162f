package io.prism.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Value;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class OutputTest {

  @ParameterizedTest
  @CsvSource({"1, 1", "-3, -3", "0, 0", "12.5, 12.5", "2147483647, 2147483647", "1e300, 1.0E300"})
  void aWholeNumberHasNoFraction(double number, String text) {
    assertThat(Output.text(Value.newBuilder().setNumberValue(number).build())).isEqualTo(text);
  }
}
