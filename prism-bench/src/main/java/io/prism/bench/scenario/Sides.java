package io.prism.bench.scenario;

import io.prism.bench.load.Load;
import org.jspecify.annotations.Nullable;

/**
 * The same work done in two ways.
 *
 * @param direct with the store's own client, or null where there is nothing to compare with
 */
public record Sides(Load prism, @Nullable Load direct) {

  /** Work that only Prism does. */
  public static Sides only(Load prism) {
    return new Sides(prism, null);
  }
}
