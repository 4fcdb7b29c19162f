package io.prism.session.domain;

/** What a session has used over all services; {@code activeStreams} is what is open now. */
public record Usage(long requests, long bytesSent, long bytesReceived, int activeStreams) {}
