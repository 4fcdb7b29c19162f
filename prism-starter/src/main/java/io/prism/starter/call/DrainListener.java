package io.prism.starter.call;

import java.util.concurrent.CompletionStage;

/**
 * Takes part in the stopping of an instance, as a bean: stops fetching new work from its store
 * while calls are still served, so that acknowledgements and commits for what is in flight arrive.
 */
@FunctionalInterface
public interface DrainListener {

  /**
   * Begins to drain; called once, after load balancers have had time to notice.
   *
   * @return completes when nothing new is fetched any more; waited for at most {@code
   *     prism.call.drain-timeout}
   */
  CompletionStage<?> drain();
}
