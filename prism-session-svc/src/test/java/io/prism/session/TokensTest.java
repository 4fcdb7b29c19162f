package io.prism.session;

import static io.prism.starter.testing.Failures.failsWith;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import io.prism.session.token.KeyRing;
import io.prism.session.v1.HeartbeatRequest;
import io.prism.starter.auth.SessionClaims;
import io.prism.starter.error.CallReason;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.junit.jupiter.api.Test;

/** Sections 0 and 1 of the contract: session tokens and the keys behind them. */
final class TokensTest {

  private final SessionReplica replica = SharedReplica.get();
  private final RSAKey key = replica.bean(KeyRing.class).signer().pair();

  private JWTClaimsSet claims() throws Exception {
    return SignedJWT.parse(replica.create().getSessionToken()).getJWTClaimsSet();
  }

  private void refused(CallReason reason, String token) {
    failsWith(
        reason, () -> replica.sessions(token).heartbeat(HeartbeatRequest.getDefaultInstance()));
  }

  private static String sign(
      JWSAlgorithm algorithm, JOSEObjectType type, String keyId, JWTClaimsSet claims, JWSSigner by)
      throws JOSEException {
    SignedJWT token =
        new SignedJWT(new JWSHeader.Builder(algorithm).type(type).keyID(keyId).build(), claims);
    token.sign(by);
    return token.serialize();
  }

  private String good(JWTClaimsSet claims) throws JOSEException {
    return sign(
        JWSAlgorithm.RS256, SessionClaims.TYPE, key.getKeyID(), claims, new RSASSASigner(key));
  }

  @Test
  void theTokenIsSignedRs256WithAKidOfTheJwks() throws Exception {
    SignedJWT token = SignedJWT.parse(replica.create().getSessionToken());
    assertThat(token.getHeader().getAlgorithm()).isEqualTo(JWSAlgorithm.RS256);
    assertThat(token.getHeader().getKeyID()).isEqualTo(key.getKeyID());
    JWTClaimsSet claims = token.getJWTClaimsSet();
    assertThat(claims.getExpirationTime().toInstant())
        .as("the JWT's own exp is the 24 h cap")
        .isEqualTo(claims.getIssueTime().toInstant().plus(Duration.ofHours(24)));
  }

  @Test
  void theJwksIsPublicCacheableAndWithoutPrivateHalves() throws Exception {
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(replica.jwksUri()).build(),
                HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("cache-control").orElse("")).contains("max-age=");
    assertThat(answer.headers().firstValue("content-type").orElse(""))
        .startsWith("application/json");
    JWKSet keys = JWKSet.parse(answer.body());
    assertThat(keys.getKeys()).isNotEmpty().allMatch(published -> !published.isPrivate());
    assertThat(answer.body()).doesNotContain("\"d\"", "\"p\"", "\"q\"");
    assertThat(((RSAKey) keys.getKeys().getFirst()).size()).isGreaterThanOrEqualTo(2048);
    assertThat(replica.bean(JwksDocument.class).json()).isEqualTo(answer.body());
  }

  @Test
  void forgedTokensAreRefused() throws Exception {
    JWTClaimsSet claims = claims();
    RSAKey other = new RSAKeyGenerator(2048).generate();
    refused(
        CallReason.SESSION_TOKEN_INVALID,
        sign(
            JWSAlgorithm.RS256,
            SessionClaims.TYPE,
            key.getKeyID(),
            claims,
            new RSASSASigner(other)));
    refused(CallReason.SESSION_TOKEN_INVALID, new PlainJWT(claims).serialize());
    refused(
        CallReason.SESSION_TOKEN_INVALID,
        sign(
            JWSAlgorithm.HS256,
            SessionClaims.TYPE,
            key.getKeyID(),
            claims,
            new MACSigner(key.toRSAPublicKey().getEncoded())));
    refused(
        CallReason.SESSION_TOKEN_INVALID,
        sign(
            JWSAlgorithm.RS512, SessionClaims.TYPE, key.getKeyID(), claims, new RSASSASigner(key)));
    refused(
        CallReason.SESSION_TOKEN_INVALID,
        sign(
            JWSAlgorithm.RS256, JOSEObjectType.JWT, key.getKeyID(), claims, new RSASSASigner(key)));
    refused(
        CallReason.SESSION_TOKEN_INVALID,
        sign(JWSAlgorithm.RS256, SessionClaims.TYPE, "unknown", claims, new RSASSASigner(key)));
  }

  @Test
  void tokensOfAnotherIssuerOrAudienceAreRefused() throws Exception {
    refused(
        CallReason.SESSION_TOKEN_INVALID,
        good(new JWTClaimsSet.Builder(claims()).issuer("elsewhere").build()));
    refused(
        CallReason.SESSION_TOKEN_INVALID,
        good(new JWTClaimsSet.Builder(claims()).audience("others").build()));
  }

  @Test
  void truncatedTokensAreRefused() throws Exception {
    String token = replica.create().getSessionToken();
    refused(CallReason.SESSION_TOKEN_INVALID, token.substring(0, token.length() - 10));
    refused(CallReason.SESSION_TOKEN_INVALID, token.substring(0, token.lastIndexOf('.')));
    refused(CallReason.SESSION_TOKEN_INVALID, "x");
  }

  @Test
  void expiredTokensAreRefused() throws Exception {
    refused(
        CallReason.SESSION_EXPIRED,
        good(
            new JWTClaimsSet.Builder(claims())
                .expirationTime(Date.from(Instant.now().minusSeconds(3_600)))
                .build()));
  }
}
