package io.prism.bench.relational;

import java.util.Optional;

/**
 * What one operation has to have done, in either way.
 *
 * @param rows how many rows, no fewer and no more
 */
record Quota(long rows) {

  /** What was not done, if anything. */
  Optional<String> defect(long found) {
    return found == rows
        ? Optional.empty()
        : Optional.of("%d rows, expected %d".formatted(found, rows));
  }
}
