package io.prism.session;

import io.prism.session.token.KeyRing;

/** The public keys of session tokens, as {@code /.well-known/jwks.json} shows them. */
public final class JwksDocument {

  private final KeyRing keys;

  JwksDocument(KeyRing keys) {
    this.keys = keys;
  }

  /** The JWK set as JSON, as of now. */
  public String json() {
    return keys.publicKeys().toString(true);
  }
}
