package io.prism.queue.domain;

import io.grpc.Status;
import io.prism.starter.error.Reason;

/** The reasons of the Queue service's own failures. */
public enum QueueReason implements Reason {
  TOPIC_NOT_FOUND(Status.Code.NOT_FOUND),
  PARTITION_OUT_OF_RANGE(Status.Code.OUT_OF_RANGE),
  OFFSET_OUT_OF_RANGE(Status.Code.OUT_OF_RANGE),
  /** The group's members just change, or one is out of reach; a retry helps once that is over. */
  GROUP_REBALANCING(Status.Code.UNAVAILABLE),
  /** An instance that may have the stream in question does not answer. */
  PEER_UNAVAILABLE(Status.Code.UNAVAILABLE);

  private final Status.Code code;

  QueueReason(Status.Code code) {
    this.code = code;
  }

  @Override
  public Status.Code code() {
    return code;
  }
}
