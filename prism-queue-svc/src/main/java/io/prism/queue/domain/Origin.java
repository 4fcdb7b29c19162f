package io.prism.queue.domain;

/**
 * Who publishes a message.
 *
 * @param clientId the client's own name for itself
 * @param sessionId the session
 */
public record Origin(String clientId, String sessionId) {}
