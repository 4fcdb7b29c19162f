package io.prism.session.oidc;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.SignedJWT;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.HexFormat;
import java.util.Set;

/** Checks a token's signature with a key of the kind that its algorithm needs; nothing else. */
final class SignatureCheck {

  static final Set<JWSAlgorithm> ALGORITHMS =
      Set.of(JWSAlgorithm.RS256, JWSAlgorithm.ES256, JWSAlgorithm.EdDSA);

  private static final int MIN_RSA_BITS = 2_048;
  private static final int ED25519_BYTES = 32;

  /** What precedes the bytes of an Ed25519 key in X.509 form (RFC 8410). */
  private static final byte[] ED25519_HEADER = HexFormat.of().parseHex("302a300506032b6570032100");

  private SignatureCheck() {}

  static boolean passes(SignedJWT token, JWK key) {
    JWSHeader header = token.getHeader();
    try {
      return switch (key) {
        case RSAKey rsa
            when header.getAlgorithm().equals(JWSAlgorithm.RS256) && rsa.size() >= MIN_RSA_BITS ->
            token.verify(new RSASSAVerifier(rsa.toRSAPublicKey()));
        case ECKey ec
            when header.getAlgorithm().equals(JWSAlgorithm.ES256)
                && Curve.P_256.equals(ec.getCurve()) ->
            token.verify(new ECDSAVerifier(ec.toECPublicKey()));
        case OctetKeyPair pair
            when header.getAlgorithm().equals(JWSAlgorithm.EdDSA)
                && Curve.Ed25519.equals(pair.getCurve()) ->
            passesEd25519(token, pair.getDecodedX());
        default -> false;
      };
    } catch (JOSEException | GeneralSecurityException e) {
      return false;
    }
  }

  /** With the JDK, since Nimbus wants another library for it. */
  private static boolean passesEd25519(SignedJWT token, byte[] key)
      throws GeneralSecurityException {
    if (key.length != ED25519_BYTES) {
      return false;
    }
    byte[] encoded =
        ByteBuffer.allocate(ED25519_HEADER.length + key.length)
            .put(ED25519_HEADER)
            .put(key)
            .array();
    PublicKey parsed =
        KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
    Signature signature = Signature.getInstance("Ed25519");
    signature.initVerify(parsed);
    signature.update(token.getSigningInput());
    return signature.verify(token.getSignature().decode());
  }
}
