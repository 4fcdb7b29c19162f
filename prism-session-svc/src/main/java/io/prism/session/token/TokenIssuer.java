package io.prism.session.token;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jwt.SignedJWT;
import io.prism.session.domain.SessionRecord;
import io.prism.starter.auth.Permissions;
import io.prism.starter.auth.Session;
import io.prism.starter.auth.SessionClaims;

/** Writes and signs session tokens. Thread-safe. */
public final class TokenIssuer {

  private final KeyRing keys;
  private final String issuer;

  public TokenIssuer(KeyRing keys, String issuer) {
    this.keys = keys;
    this.issuer = issuer;
  }

  /** The token of a session that was stored. */
  public String issue(SessionRecord session) {
    SigningKey key = keys.signer();
    SignedJWT token =
        new SignedJWT(
            new JWSHeader.Builder(SessionClaims.ALGORITHM)
                .type(SessionClaims.TYPE)
                .keyID(key.pair().getKeyID())
                .build(),
            SessionClaims.write(claimed(session), issuer));
    try {
      token.sign(new RSASSASigner(key.pair()));
    } catch (JOSEException e) {
      throw new IllegalStateException("signing with key " + key.pair().getKeyID() + " failed", e);
    }
    return token.serialize();
  }

  private static Session claimed(SessionRecord session) {
    return new Session(
        session.id(),
        session.identity().principal(),
        session.client().id(),
        session.namespace(),
        Permissions.parse(session.identity().rights().permissions()),
        session.config(),
        session.createdReadOnly(),
        session.createdAt(),
        session.tokenExpiresAt());
  }
}
