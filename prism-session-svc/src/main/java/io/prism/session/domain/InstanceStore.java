package io.prism.session.domain;

import java.time.Duration;
import java.util.List;

/**
 * What instances report. Every method is one transaction. Any method may fail with
 * BACKEND_UNAVAILABLE; then nothing is stored.
 */
public interface InstanceStore {

  /**
   * Books a report, unless one with its number or a higher one is booked already.
   *
   * @return the highest number that is booked for the instance
   */
  long book(InstanceReport report);

  /** Forgets an instance that takes no calls any more. */
  void forget(String instanceId);

  /** Forgets the instances that have not reported for so long, and what was open there. */
  void forgetSilent(Duration silence);

  /** The services and features of the instances that reported lately, sorted. */
  List<String> reachable(Duration lately);
}
