package io.prism.cli;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;

/** What an answer without an error says, as a status, so that scripts can tell. */
final class NotFound {

  private NotFound() {}

  static StatusRuntimeException of(String what) {
    return Status.NOT_FOUND.withDescription(what + " is not there").asRuntimeException();
  }
}
