package io.prism.starter.peer;

import java.util.ArrayList;
import java.util.List;

/**
 * What other replicas answered.
 *
 * @param given the answers, in no order
 * @param holderMissing whether a replica that has announced the key did not answer
 */
public record Answers<R>(List<R> given, boolean holderMissing) {

  Answers<R> and(Answers<R> more) {
    List<R> all = new ArrayList<>(given);
    all.addAll(more.given);
    return new Answers<>(all, holderMissing || more.holderMissing);
  }
}
