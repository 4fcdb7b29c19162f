package io.prism.session;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import io.prism.starter.testing.JwksServer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An OpenID Connect issuer with a key of each kind, published over HTTP. */
final class TestIssuer {

  static final String NAME = "https://issuer.example";
  static final String AUDIENCE = "prism-sessions";

  private final RSAKey rsa;
  private final ECKey ec;
  private final KeyPair ed;
  private final JwksServer jwks;

  TestIssuer() {
    try {
      rsa = new RSAKeyGenerator(2048).keyID("rsa").generate();
      ec = new ECKeyGenerator(Curve.P_256).keyID("ec").generate();
      ed = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    } catch (JOSEException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
    byte[] encoded = ed.getPublic().getEncoded();
    byte[] x = Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length);
    OctetKeyPair okp =
        new OctetKeyPair.Builder(Curve.Ed25519, Base64URL.encode(x)).keyID("ed").build();
    JWKSet published = new JWKSet(List.of(rsa, ec, okp)).toPublicJWKSet();
    jwks = new JwksServer(() -> published);
  }

  URI jwksUri() {
    return jwks.uri();
  }

  /** Claims of a good token. */
  JWTClaimsSet.Builder claims() {
    return new JWTClaimsSet.Builder()
        .issuer(NAME)
        .audience(AUDIENCE)
        .subject("ada")
        .expirationTime(Date.from(Instant.now().plusSeconds(300)))
        .claim("prism_namespaces", List.of("default"))
        .claim("prism_permissions", "queue:write cache:read nonsense");
  }

  String rs256(JWTClaimsSet claims) {
    return rsa(JWSAlgorithm.RS256, "rsa", claims);
  }

  String rsa(JWSAlgorithm algorithm, @Nullable String keyId, JWTClaimsSet claims) {
    try {
      return sign(algorithm, keyId, claims, new RSASSASigner(rsa));
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  String es256(JWTClaimsSet claims) {
    try {
      return sign(JWSAlgorithm.ES256, "ec", claims, new ECDSASigner(ec));
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  String edDsa(JWTClaimsSet claims) {
    try {
      String input =
          new JWSHeader.Builder(JWSAlgorithm.EdDSA).keyID("ed").build().toBase64URL()
              + "."
              + Base64URL.encode(claims.toString());
      Signature signature = Signature.getInstance("Ed25519");
      signature.initSign(ed.getPrivate());
      signature.update(input.getBytes(StandardCharsets.US_ASCII));
      return input + "." + Base64URL.encode(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  String unsigned(JWTClaimsSet claims) {
    return new PlainJWT(claims).serialize();
  }

  String hmacWithPublicKey(JWTClaimsSet claims) {
    try {
      return sign(
          JWSAlgorithm.HS256, "rsa", claims, new MACSigner(rsa.toRSAPublicKey().getEncoded()));
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String sign(
      JWSAlgorithm algorithm,
      @Nullable String keyId,
      JWTClaimsSet claims,
      com.nimbusds.jose.JWSSigner signer)
      throws JOSEException {
    SignedJWT token = new SignedJWT(new JWSHeader.Builder(algorithm).keyID(keyId).build(), claims);
    token.sign(signer);
    return token.serialize();
  }
}
