package io.prism.local.engine;

/** Local mode cannot start; the message is all the user needs, so it is shown without a trace. */
public final class StartException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public StartException(String message) {
    super(message);
  }

  public StartException(String message, Throwable cause) {
    super(message, cause);
  }
}
