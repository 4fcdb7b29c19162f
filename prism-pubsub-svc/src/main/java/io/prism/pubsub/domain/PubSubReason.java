package io.prism.pubsub.domain;

import io.grpc.Status;
import io.prism.starter.error.Reason;

/** The reasons of the PubSub service's own failures. */
public enum PubSubReason implements Reason {
  SUBSCRIPTION_NOT_FOUND(Status.Code.NOT_FOUND),
  /** The session has as many subscriptions at this instance as it may. */
  SUBSCRIPTION_LIMIT_EXCEEDED(Status.Code.RESOURCE_EXHAUSTED),
  /** An instance that may have the stream in question does not answer. */
  PEER_UNAVAILABLE(Status.Code.UNAVAILABLE);

  private final Status.Code code;

  PubSubReason(Status.Code code) {
    this.code = code;
  }

  @Override
  public Status.Code code() {
    return code;
  }
}
