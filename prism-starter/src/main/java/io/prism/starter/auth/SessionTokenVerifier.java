package io.prism.starter.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.RateLimitReachedException;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import com.nimbusds.jwt.proc.ExpiredJWTException;
import io.prism.starter.error.CallReason;
import io.prism.starter.error.PrismException;
import java.text.ParseException;
import java.time.Duration;
import java.util.Set;

/**
 * Verifies session tokens against the keys of session-svc. Thread-safe; may block for a key, so it
 * never runs on an event loop.
 */
public final class SessionTokenVerifier {

  private static final Duration KEYS_RETRY_DELAY = Duration.ofSeconds(1);

  private final DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();

  public SessionTokenVerifier(
      JWKSource<SecurityContext> keys, String issuer, Duration maxClockSkew) {
    processor.setJWSTypeVerifier(new DefaultJOSEObjectTypeVerifier<>(SessionClaims.TYPE));
    processor.setJWSKeySelector(new JWSVerificationKeySelector<>(SessionClaims.ALGORITHM, keys));
    DefaultJWTClaimsVerifier<SecurityContext> claims =
        new DefaultJWTClaimsVerifier<>(
            SessionClaims.AUDIENCE,
            new JWTClaimsSet.Builder().issuer(issuer).build(),
            Set.of("sub", "jti", "iat", "exp"));
    claims.setMaxClockSkew(Math.toIntExact(maxClockSkew.toSeconds()));
    processor.setJWTClaimsSetVerifier(claims);
  }

  /**
   * The session that a token speaks of.
   *
   * @throws PrismException SESSION_TOKEN_INVALID, SESSION_EXPIRED, or SESSION_STATE_UNAVAILABLE
   *     when the keys cannot be had
   */
  public Session verify(String token) {
    try {
      return SessionClaims.read(processor.process(token, null));
    } catch (ExpiredJWTException e) {
      throw PrismException.of(CallReason.SESSION_EXPIRED, "the session has expired");
    } catch (BadJOSEException | ParseException e) {
      throw PrismException.of(CallReason.SESSION_TOKEN_INVALID, "the session token is not valid");
    } catch (RateLimitReachedException e) {
      // An unknown key id, perhaps of a new key and perhaps forged: no fault worth a log line.
      throw PrismException.because(
              CallReason.SESSION_STATE_UNAVAILABLE, "the key of the session token is not known now")
          .retryAfter(KEYS_RETRY_DELAY)
          .build();
    } catch (KeySourceException e) {
      throw PrismException.because(
              CallReason.SESSION_STATE_UNAVAILABLE, "the keys of session tokens cannot be had now")
          .retryAfter(KEYS_RETRY_DELAY)
          .cause(e)
          .build();
    } catch (JOSEException e) {
      throw PrismException.of(CallReason.SESSION_TOKEN_INVALID, "the session token is not valid");
    }
  }
}
