package io.prism.session.token;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jwt.SignedJWT;
import io.prism.session.domain.SessionRecord;
import io.prism.starter.auth.Permissions;
import io.prism.starter.auth.Session;
import io.prism.starter.auth.SessionClaims;
import org.jspecify.annotations.Nullable;

/** Writes and signs session tokens. Thread-safe. */
public final class TokenIssuer {

  /** A signer with its key, so that the key is not prepared anew for each token. */
  private record Prepared(SigningKey key, JWSSigner signer) {}

  private final KeyRing keys;
  private final String issuer;
  private volatile @Nullable Prepared prepared;

  public TokenIssuer(KeyRing keys, String issuer) {
    this.keys = keys;
    this.issuer = issuer;
  }

  /** The token of a session that was stored. */
  public String issue(SessionRecord session) {
    Prepared with = prepared(keys.signer());
    SigningKey key = with.key();
    SignedJWT token =
        new SignedJWT(
            new JWSHeader.Builder(SessionClaims.ALGORITHM)
                .type(SessionClaims.TYPE)
                .keyID(key.pair().getKeyID())
                .build(),
            SessionClaims.write(claimed(session), issuer));
    try {
      token.sign(with.signer());
    } catch (JOSEException e) {
      throw new IllegalStateException("signing with key " + key.pair().getKeyID() + " failed", e);
    }
    return token.serialize();
  }

  private Prepared prepared(SigningKey key) {
    Prepared last = prepared;
    if (last != null && last.key().pair().getKeyID().equals(key.pair().getKeyID())) {
      return last;
    }
    try {
      Prepared fresh = new Prepared(key, new RSASSASigner(key.pair()));
      prepared = fresh;
      return fresh;
    } catch (JOSEException e) {
      throw new IllegalStateException("key " + key.pair().getKeyID() + " cannot sign", e);
    }
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
