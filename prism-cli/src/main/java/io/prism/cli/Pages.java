package io.prism.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Lists that come page by page. */
final class Pages {

  /** Items of a page; as many as the services give at most. */
  static final int SIZE = 1000;

  private Pages() {}

  /**
   * All items.
   *
   * @param page fetches the page of a token, of which the first is empty
   * @param items of a page
   * @param next the token of the page after it; empty when there is none
   */
  static <A, M> List<M> all(
      Function<String, A> page, Function<A, List<M>> items, Function<A, String> next) {
    List<M> all = new ArrayList<>();
    String token = "";
    do {
      A answer = page.apply(token);
      all.addAll(items.apply(answer));
      token = next.apply(answer);
    } while (!token.isEmpty());
    return all;
  }
}
