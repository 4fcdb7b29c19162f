package io.prism.local;

import io.prism.local.engine.StartException;

/** Ends the engines that a killed Prism left behind, where it is not to be started again. */
public final class StopEngines {
  private StopEngines() {}

  public static void main(String[] arguments) {
    try {
      LocalSettings settings = LocalSettings.from(System.getenv(), System.getProperties());
      try (DataFolder data = DataFolder.take(settings.data(), settings.address())) {
        LocalEngines.left(settings, data.path(), System.out::println).close();
      }
    } catch (StartException e) {
      System.err.println("prism: " + e.getMessage());
      System.exit(1);
    }
  }
}
