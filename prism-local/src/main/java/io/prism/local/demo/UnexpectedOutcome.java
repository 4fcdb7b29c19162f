package io.prism.local.demo;

/** A step of the demo did not come out as RFC-002 says. */
final class UnexpectedOutcome extends RuntimeException {

  private static final long serialVersionUID = 1L;

  UnexpectedOutcome(String message) {
    super(message);
  }
}
