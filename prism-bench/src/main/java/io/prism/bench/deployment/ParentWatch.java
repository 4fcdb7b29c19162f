package io.prism.bench.deployment;

import java.io.IOException;
import java.io.OutputStream;

/**
 * An agent that ends a service together with the process that started it, as the broker of local
 * mode ends. The services themselves know nothing of being measured.
 */
public final class ParentWatch {
  private ParentWatch() {}

  /** Where this is an agent. */
  public static void premain(String arguments) {
    start();
  }

  /** The parent holds the other end of standard input, so its end is seen even after a kill -9. */
  static void start() {
    Thread.ofPlatform()
        .name("parent-watch")
        .daemon()
        .start(
            () -> {
              try {
                System.in.transferTo(OutputStream.nullOutputStream());
              } catch (IOException e) {
                System.err.println("lost the parent process: " + e);
              }
              System.exit(0);
            });
  }
}
