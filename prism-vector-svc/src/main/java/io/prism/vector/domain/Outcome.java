package io.prism.vector.domain;

import org.jspecify.annotations.Nullable;

/**
 * What became of a vector that was to be stored.
 *
 * @param created whether it is new; false: it has replaced one, or is refused
 * @param fault why it is refused; null: it is stored
 */
public record Outcome(boolean created, @Nullable VectorFault fault) {

  public static Outcome stored(boolean created) {
    return new Outcome(created, null);
  }

  public static Outcome refused(VectorFault fault) {
    return new Outcome(false, fault);
  }
}
