package io.prism.starter.testing;

import java.io.IOException;
import java.io.UncheckedIOException;

/** Signals to processes of a test. */
public final class Signals {

  private Signals() {}

  /** Sends a signal such as {@code STOP}. */
  public static void send(Process process, String name) {
    try {
      int status =
          new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
              .inheritIO()
              .start()
              .waitFor();
      if (status != 0) {
        throw new IllegalStateException("kill -" + name + " ended with " + status);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
