package io.prism.pubsub.domain;

import io.prism.starter.error.PrismException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Unsubscribe and ListSubscriptions, wherever the streams are. Thread-safe; never blocks. */
public final class SessionSubscriptions {

  private static final Duration CLIENT_RETRY = Duration.ofSeconds(1);
  private static final Comparator<SubscriptionInfo> OLDEST_FIRST =
      Comparator.comparing(SubscriptionInfo::createdAt).thenComparing(SubscriptionInfo::id);

  private final Subscriptions subscriptions;
  private final Replicas replicas;

  public SessionSubscriptions(Subscriptions subscriptions, Replicas replicas) {
    this.subscriptions = subscriptions;
    this.replicas = replicas;
  }

  /**
   * Ends a subscription. Fails with SUBSCRIPTION_NOT_FOUND when the session has no such
   * subscription, and with PEER_UNAVAILABLE when a replica that may have it does not answer.
   */
  public CompletableFuture<Void> end(String sessionId, String subscriptionId) {
    if (subscriptions.end(sessionId, subscriptionId)) {
      return CompletableFuture.completedFuture(null);
    }
    return replicas
        .end(sessionId, subscriptionId)
        .thenAccept(
            ending -> {
              if (!ending.ended()) {
                throw ending.holderMissing() ? unavailable() : notFound(subscriptionId);
              }
            });
  }

  /**
   * A session's subscriptions, oldest first. Fails with PEER_UNAVAILABLE when a replica that has
   * some does not answer: a list without them would say that they are gone.
   */
  public CompletableFuture<List<SubscriptionInfo>> list(String sessionId) {
    return replicas
        .list(sessionId)
        .thenApply(
            elsewhere -> {
              if (elsewhere.holderMissing()) {
                throw unavailable();
              }
              List<SubscriptionInfo> all = new ArrayList<>(subscriptions.list(sessionId));
              all.addAll(elsewhere.subscriptions());
              all.sort(OLDEST_FIRST);
              return all;
            });
  }

  private static PrismException notFound(String subscriptionId) {
    return PrismException.because(
            PubSubReason.SUBSCRIPTION_NOT_FOUND, "this session has no such subscription")
        .resource("subscription", subscriptionId)
        .build();
  }

  private static PrismException unavailable() {
    return PrismException.because(
            PubSubReason.PEER_UNAVAILABLE,
            "an instance that has a stream of this session does not answer")
        .retryAfter(CLIENT_RETRY)
        .build();
  }
}
