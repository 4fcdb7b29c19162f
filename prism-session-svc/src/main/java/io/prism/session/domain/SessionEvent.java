package io.prism.session.domain;

import java.time.Instant;

/**
 * The state of one session, as instances learn it.
 *
 * @param version rises with each change, so that an older event is known as such
 * @param tokenExpiresAt when the session may be forgotten
 * @param reason why, for logs; may be empty
 */
public record SessionEvent(
    String sessionId, long version, SessionState state, Instant tokenExpiresAt, String reason) {}
