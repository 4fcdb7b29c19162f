package io.prism.bench.scenario;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The middle of what rounds yield: unlike a mean, it does not follow one disturbed round. */
final class Medians {
  private Medians() {}

  /** The middle value, or the mean of the middle two. */
  static double median(List<Double> values) {
    if (values.isEmpty()) {
      throw new IllegalArgumentException("no values, expected at least one");
    }
    List<Double> sorted = values.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }

  /** The same, or null when there is none. */
  static @Nullable Double medianOrNull(List<@Nullable Double> values) {
    List<Double> present = values.stream().filter(Objects::nonNull).toList();
    return present.isEmpty() ? null : median(present);
  }
}
