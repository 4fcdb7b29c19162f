package io.prism.timeseries.domain;

import org.jspecify.annotations.Nullable;

/** Is told what has become of events. Must not block. */
@FunctionalInterface
public interface Receipt {

  /**
   * The events are stored, or some of them may be and it is not known which.
   *
   * @param failure null: they are stored
   */
  void settled(Submission events, @Nullable RuntimeException failure);
}
