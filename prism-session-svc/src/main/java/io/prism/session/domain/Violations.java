package io.prism.session.domain;

import io.prism.starter.error.CallReason;
import io.prism.starter.error.PrismException;
import java.util.ArrayList;
import java.util.List;

/** Collects what is wrong with a message, field by field. */
final class Violations {

  private final List<PrismException.Violation> found = new ArrayList<>();

  void add(String field, String description) {
    found.add(new PrismException.Violation(field, description));
  }

  /** Adds a violation unless {@code min <= value <= max}. */
  void range(String field, long value, long min, long max) {
    if (value < min || value > max) {
      add(field, value + " (expected: " + min + " to " + max + ")");
    }
  }

  List<PrismException.Violation> found() {
    return List.copyOf(found);
  }

  /** The failure of a request with these violations, under the path of the checked message. */
  static PrismException failure(String path, List<PrismException.Violation> violations) {
    PrismException.Builder failure =
        PrismException.because(
            CallReason.INVALID_ARGUMENT,
            "the configuration has " + violations.size() + " violation(s)");
    violations.forEach(v -> failure.violation(path + "." + v.field(), v.description()));
    return failure.build();
  }
}
