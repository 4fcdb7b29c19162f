package io.prism.starter.observe;

/**
 * Asks a store whether it works, as a bean. While any of a service's probes fails, the service's
 * gRPC health is NOT_SERVING; it goes back by itself.
 */
public interface BackendProbe {

  /** The store, for messages: {@code kafka}, {@code postgresql}. */
  String name();

  /**
   * Returns when the store works. May block for a few seconds at most.
   *
   * @throws Exception when it does not
   */
  void check() throws Exception;

  /** A probe of this name. */
  static BackendProbe of(String name, Check check) {
    return new BackendProbe() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public void check() throws Exception {
        check.run();
      }
    };
  }

  /** Returns when all is well, throws otherwise. */
  @FunctionalInterface
  interface Check {
    void run() throws Exception;
  }
}
