package io.prism.session.domain;

import java.util.List;
import java.util.function.Function;

/**
 * A page of a list.
 *
 * @param next where to go on; empty: this was the last page
 */
public record Page<T>(List<T> items, List<String> next) {

  /** A page out of one item more than was asked for, which tells whether another page follows. */
  public static <T> Page<T> of(List<T> found, PageRequest request, Function<T, List<String>> key) {
    if (found.size() <= request.size()) {
      return new Page<>(List.copyOf(found), List.of());
    }
    List<T> items = List.copyOf(found.subList(0, request.size()));
    return new Page<>(items, key.apply(items.getLast()));
  }
}
