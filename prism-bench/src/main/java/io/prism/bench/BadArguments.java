package io.prism.bench;

/** The command line cannot be followed; the message says what was found and what was expected. */
final class BadArguments extends RuntimeException {
  private static final long serialVersionUID = 1L;

  BadArguments(String message) {
    super(message);
  }
}
