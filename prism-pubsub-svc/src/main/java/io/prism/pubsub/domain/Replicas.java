package io.prism.pubsub.domain;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The other replicas of this service, and the streams that they have. Never blocks the caller; a
 * replica that does not answer is no failure.
 */
public interface Replicas {

  /** A session has a stream here; to be told before the client knows of it. */
  void announce(String sessionId);

  /** A stream that was announced is over. */
  void withdraw(String sessionId);

  /** Ends a subscription of a session, wherever it is. */
  CompletableFuture<Ending> end(String sessionId, String subscriptionId);

  /** The subscriptions that a session has elsewhere. */
  CompletableFuture<Listing> list(String sessionId);

  /**
   * What came of an attempt to end a subscription.
   *
   * @param ended whether it was there
   * @param holderMissing whether a replica that has streams of the session did not answer
   */
  record Ending(boolean ended, boolean holderMissing) {}

  /**
   * Subscriptions of a session.
   *
   * @param holderMissing whether a replica that has streams of the session did not answer
   */
  record Listing(List<SubscriptionInfo> subscriptions, boolean holderMissing) {}
}
