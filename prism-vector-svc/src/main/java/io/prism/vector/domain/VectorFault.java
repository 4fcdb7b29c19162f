package io.prism.vector.domain;

import io.prism.starter.error.PrismException;

/**
 * Why a vector is refused.
 *
 * @param field path in the request
 * @param description with the offending and the expected value
 */
public record VectorFault(VectorReason reason, String field, String description) {

  /** The same in one line. */
  public String message() {
    return field + ": " + description;
  }

  /** The same as the failure of a call. */
  public PrismException exception() {
    return PrismException.because(reason, message()).violation(field, description).build();
  }
}
