package io.prism.cli;

/** The command cannot be done as it was given; the message says what is missing or wrong. */
final class UsageException extends RuntimeException {

  UsageException(String message) {
    super(message);
  }
}
