package io.prism.bench.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

final class MediansTest {

  @Test
  void areTheMiddleOfAnOddNumberInAnyOrder() {
    assertThat(Medians.median(List.of(9.0, 1.0, 100.0, 3.0, 2.0))).isEqualTo(3.0);
  }

  @Test
  void areBetweenTheMiddleTwoOfAnEvenNumber() {
    assertThat(Medians.median(List.of(4.0, 1.0, 100.0, 2.0))).isEqualTo(3.0);
  }

  @Test
  void areNotOfNothing() {
    assertThatThrownBy(() -> Medians.median(List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void leaveOutWhatIsMissing() {
    assertThat(Medians.medianOrNull(Arrays.asList(null, 5.0, null))).isEqualTo(5.0);
    assertThat(Medians.medianOrNull(Arrays.asList(null, null))).isNull();
  }
}
