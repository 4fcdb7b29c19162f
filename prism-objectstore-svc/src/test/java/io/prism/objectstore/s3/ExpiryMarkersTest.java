package io.prism.objectstore.s3;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ExpiryMarkersTest {

  private static final String ALPHABET = " !\"#$%&'/-0AZa~ü☃\uD83D\uDE80\uff21";

  private static List<String> keys() {
    Random random = new Random(7);
    int[] characters = ALPHABET.codePoints().toArray();
    List<String> keys = new ArrayList<>();
    for (int i = 0; i < 3000; i++) {
      StringBuilder key = new StringBuilder();
      for (int length = random.nextInt(1, 6); length > 0; length--) {
        key.appendCodePoint(characters[random.nextInt(characters.length)]);
      }
      keys.add(key.toString());
    }
    return keys.stream().distinct().toList();
  }

  @Test
  void markersAreInTheOrderOfTheirKeys() {
    Comparator<String> order = S3Objects::compare;
    List<String> sorted = keys().stream().sorted(order).toList();
    List<String> markers =
        sorted.stream().map(key -> ExpiryMarkers.before(key) + "000000000001").toList();
    assertThat(markers).isSortedAccordingTo(order);
    for (int i = 0; i + 1 < sorted.size(); i++) {
      String end = ExpiryMarkers.after(sorted.get(i));
      assertThat(order.compare(markers.get(i), end)).isNegative();
      assertThat(order.compare(end, markers.get(i + 1))).isNegative();
    }
  }

  @Test
  void aMarkerTellsItsKeyAndTime() {
    Instant time = Instant.ofEpochSecond(1_795_000_000);
    for (String key : keys()) {
      assertThat(ExpiryMarkers.parse(ExpiryMarkers.before(key) + "001795000000"))
          .contains(new ExpiryMarkers.Marker(key, time));
    }
    assertThat(ExpiryMarkers.parse("no marker")).isEmpty();
    assertThat(ExpiryMarkers.parse("k!00179500000x")).isEmpty();
  }
}
