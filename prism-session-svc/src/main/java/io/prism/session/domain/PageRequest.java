package io.prism.session.domain;

import java.util.List;

/**
 * A page to read.
 *
 * @param size most items
 * @param after the sort key of the last item of the page before; empty: from the start
 */
public record PageRequest(int size, List<String> after) {

  public PageRequest {
    after = List.copyOf(after);
  }

  public boolean isFirst() {
    return after.isEmpty();
  }
}
