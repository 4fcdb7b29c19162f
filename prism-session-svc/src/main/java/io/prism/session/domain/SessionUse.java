package io.prism.session.domain;

import java.time.Duration;

/**
 * What one session has used on one instance since the report before.
 *
 * @param activeStreams open now
 * @param pendingOperations in flight now
 * @param idle time since its last activity there
 */
public record SessionUse(
    String sessionId,
    long requests,
    long bytesSent,
    long bytesReceived,
    int activeStreams,
    int pendingOperations,
    Duration idle) {}
