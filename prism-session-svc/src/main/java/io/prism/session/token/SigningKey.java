package io.prism.session.token;

import com.nimbusds.jose.jwk.RSAKey;
import java.time.Instant;

/**
 * A key pair that signs session tokens.
 *
 * @param pair both halves, with its id
 * @param signsFrom when it starts to sign; it is published before
 */
public record SigningKey(RSAKey pair, Instant signsFrom) {

  @Override
  public String toString() {
    return "SigningKey[" + pair.getKeyID() + " from " + signsFrom + "]";
  }
}
