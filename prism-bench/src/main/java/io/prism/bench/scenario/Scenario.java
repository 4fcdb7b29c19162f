package io.prism.bench.scenario;

import io.prism.bench.deployment.Service;

/**
 * One kind of work, done through Prism and, where that is possible, with the store's own client.
 * Stateless; what a run needs is made by {@link #open}.
 */
public interface Scenario {
  /**
   * What it is called by on the command line and in the figures: lower case, words with hyphens.
   */
  String name();

  /** One line for people: the work, its size, its concurrency, and what it is compared with. */
  String description();

  /** What its figure counts. */
  Unit unit();

  /** The service that does the work, whose CPU time and heap are recorded. */
  Service service();

  /**
   * Prepares everything that is not part of the work: connections, sessions, topics, data to read.
   *
   * @param bench where it runs; whatever is to be closed goes to {@link Bench#closeLater}
   */
  Sides open(Bench bench) throws Exception;
}
