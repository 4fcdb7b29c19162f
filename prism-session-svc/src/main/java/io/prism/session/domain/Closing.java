package io.prism.session.domain;

/**
 * How far the closing of a session has come.
 *
 * @param closed whether it is closed now; otherwise it is TERMINATING
 * @param pendingOperations operations not completed, over all services, as last reported
 */
public record Closing(SessionEvent event, boolean closed, int pendingOperations) {}
