package io.prism.starter.error;

import io.grpc.Status;

/**
 * Why a call failed, as clients see it in {@code google.rpc.ErrorInfo.reason}.
 *
 * <p>Each service lists its reasons in one enum that implements this; the names of its constants
 * are wire API: add, never rename.
 */
public interface Reason {

  /** The wire name, {@code UPPER_SNAKE}. */
  String name();

  /** The gRPC status code that goes with this reason. */
  Status.Code code();
}
