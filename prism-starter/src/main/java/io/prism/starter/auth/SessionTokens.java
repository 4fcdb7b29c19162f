package io.prism.starter.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Verified tokens, remembered: the second call with a token costs a look-up. Thread-safe. */
public final class SessionTokens {

  private static final Duration FORGET_AFTER = Duration.ofMinutes(10);

  private final Cache<String, Session> verified;
  private final SessionTokenVerifier verifier;

  public SessionTokens(SessionTokenVerifier verifier, int maxSize) {
    this.verifier = verifier;
    this.verified =
        Caffeine.newBuilder().maximumSize(maxSize).expireAfterAccess(FORGET_AFTER).build();
  }

  /** The session of a token that was verified before; cheap. */
  @Nullable Session recall(String token) {
    return verified.getIfPresent(token);
  }

  /** Verifies a token; may block. Throws as {@link SessionTokenVerifier#verify} does. */
  Session verify(String token) {
    Session session = verifier.verify(token);
    verified.put(token, session);
    return session;
  }
}
