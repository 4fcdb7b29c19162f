package io.prism.starter.call;

/** Where the use of one call is booked. Thread-safe. */
public interface CallAccount {

  /** The call was accepted. Called once, before {@link #closed}. */
  void opened();

  void transferred(long bytesReceived, long bytesSent);

  /** The call is over, however it ended. Called once. */
  void closed();
}
