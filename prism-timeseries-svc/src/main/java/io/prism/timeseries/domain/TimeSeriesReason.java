package io.prism.timeseries.domain;

import io.grpc.Status;
import io.prism.starter.error.Reason;

/** The reasons of the TimeSeries service's own failures. */
public enum TimeSeriesReason implements Reason {
  /** The token is not from this query. */
  PAGE_TOKEN_INVALID(Status.Code.INVALID_ARGUMENT),
  /** Events come faster than the store takes them. */
  BUFFER_FULL(Status.Code.RESOURCE_EXHAUSTED);

  private final Status.Code code;

  TimeSeriesReason(Status.Code code) {
    this.code = code;
  }

  @Override
  public Status.Code code() {
    return code;
  }
}
