package io.prism.objectstore.files;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpRangeTest {

  @ParameterizedTest
  @CsvSource({
    "bytes=0-0, bytes 0-0/10",
    "bytes=0-, bytes 0-9/10",
    "bytes=3-5, bytes 3-5/10",
    "bytes=9-9, bytes 9-9/10",
    "bytes=9-99999999999999999999999, bytes 9-9/10",
    "bytes=-3, bytes 7-9/10",
    "bytes=-10, bytes 0-9/10",
    "bytes=-99999999999999999999999, bytes 0-9/10",
    "Bytes=3-5, bytes 3-5/10",
    "bytes=10-, bytes */10",
    "bytes=10-11, bytes */10",
    "bytes=99999999999999999999999-, bytes */10",
    "bytes=-0, bytes */10"
  })
  void isOneOfBytes(String header, String contentRange) {
    assertThat(HttpRange.of(header, 10).orElseThrow().contentRange()).isEqualTo(contentRange);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "bytes",
        "bytes=",
        "bytes=-",
        "bytes=5-3",
        "bytes=0-1,3-4",
        "lines=0-1",
        "1-2"
      })
  void isNoneWhereTheHeaderIsOfAnotherKind(String header) {
    assertThat(HttpRange.of(header, 10)).isEmpty();
    assertThat(HttpRange.of(null, 10)).isEmpty();
  }

  @Test
  void noneOfAnEmptyObjectIsThere() {
    assertThat(HttpRange.of("bytes=0-", 0).orElseThrow().isSatisfiable()).isFalse();
    assertThat(HttpRange.of("bytes=-1", 0).orElseThrow().isSatisfiable()).isFalse();
  }
}
