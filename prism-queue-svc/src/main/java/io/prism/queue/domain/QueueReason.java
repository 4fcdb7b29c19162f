package io.prism.queue.domain;

import io.grpc.Status;
import io.prism.starter.error.Reason;

/** The reasons of the Queue service's own failures. */
public enum QueueReason implements Reason {
  TOPIC_NOT_FOUND(Status.Code.NOT_FOUND),
  PARTITION_OUT_OF_RANGE(Status.Code.OUT_OF_RANGE),
  OFFSET_OUT_OF_RANGE(Status.Code.OUT_OF_RANGE),
  /** The group's members are elsewhere or just change; a retry helps once they have settled. */
  GROUP_REBALANCING(Status.Code.UNAVAILABLE);

  private final Status.Code code;

  QueueReason(Status.Code code) {
    this.code = code;
  }

  @Override
  public Status.Code code() {
    return code;
  }
}
