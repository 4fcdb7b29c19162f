package io.prism.timeseries.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QuantileSketchTest {

  @ParameterizedTest
  @ValueSource(
      doubles = {
        1,
        -1,
        0.5,
        3.14159,
        1e300,
        -1e300,
        1e-300,
        Double.MAX_VALUE,
        Double.MIN_NORMAL,
        99.99
      })
  void theValueOfABucketIsNearToAllInIt(double value) {
    double told = QuantileSketch.value(QuantileSketch.bucket(value));
    assertThat(told / value).isCloseTo(1, within(QuantileSketch.RELATIVE_ERROR * 1.000001));
  }

  @Test
  void randomValuesToo() {
    Random random = new Random(1);
    for (int i = 0; i < 10_000; i++) {
      theValueOfABucketIsNearToAllInIt(
          random.nextGaussian() * Math.pow(10, random.nextInt(40) - 20));
    }
  }

  @Test
  void bucketsOrderLikeTheirValues() {
    double[] ascending = {-Double.MAX_VALUE, -5, -1, -1e-9, 0, Double.MIN_VALUE, 1e-9, 1, 5, 1e9};
    for (int i = 1; i < ascending.length; i++) {
      assertThat(QuantileSketch.bucket(ascending[i]))
          .isGreaterThan(QuantileSketch.bucket(ascending[i - 1]));
    }
    assertThat(QuantileSketch.bucket(-0.0)).isZero();
    assertThat(QuantileSketch.value(0)).isZero();
  }
}
