package io.prism.session;

import static io.prism.starter.testing.Failures.failsWith;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jwt.JWTClaimsSet;
import io.prism.session.domain.SessionReason;
import io.prism.session.v1.CreateSessionRequest;
import io.prism.session.v1.CreateSessionResponse;
import io.prism.starter.auth.SessionClaims;
import io.prism.starter.testing.Failures;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Section 1 of the contract: credentials that are no API keys, and wrong ones of every kind. */
final class CredentialsTest {

  private static final TestIssuer ISSUER = SharedReplica.ISSUER;

  private final SessionReplica replica = SharedReplica.get();

  private CreateSessionResponse create(String token) {
    return replica
        .sessions()
        .createSession(CreateSessionRequest.newBuilder().setJwtToken(token).build());
  }

  static Stream<String> goodTokens() {
    JWTClaimsSet claims = ISSUER.claims().build();
    return Stream.of(ISSUER.rs256(claims), ISSUER.es256(claims), ISSUER.edDsa(claims));
  }

  @ParameterizedTest
  @MethodSource("goodTokens")
  void anOidcTokenOfRs256Es256OrEdDsaCreatesASession(String token) throws Exception {
    CreateSessionResponse created = create(token);
    Map<String, Object> claims =
        com.nimbusds.jwt.SignedJWT.parse(created.getSessionToken()).getJWTClaimsSet().getClaims();
    assertThat(claims)
        .containsEntry("sub", "staff/ada")
        .containsEntry("ns", "default")
        .containsEntry("perm", List.of("reader:read", "queue:write", "cache:read"));
  }

  static Stream<String> badTokens() {
    JWTClaimsSet claims = ISSUER.claims().build();
    TestIssuer stranger = new TestIssuer();
    String good = ISSUER.rs256(claims);
    return Stream.of(
        ISSUER.unsigned(claims),
        ISSUER.hmacWithPublicKey(claims),
        ISSUER.rsa(JWSAlgorithm.RS512, "rsa", claims),
        ISSUER.rsa(JWSAlgorithm.PS256, "rsa", claims),
        ISSUER.rsa(JWSAlgorithm.RS256, null, claims),
        ISSUER.rsa(JWSAlgorithm.RS256, "unknown", claims),
        stranger.rs256(claims),
        ISSUER.rs256(ISSUER.claims().issuer("https://elsewhere.example").build()),
        ISSUER.rs256(ISSUER.claims().issuer(null).build()),
        ISSUER.rs256(ISSUER.claims().audience("others").build()),
        ISSUER.rs256(ISSUER.claims().subject(null).build()),
        ISSUER.rs256(ISSUER.claims().expirationTime(null).build()),
        ISSUER.rs256(
            ISSUER.claims().expirationTime(Date.from(Instant.now().minusSeconds(120))).build()),
        ISSUER.rs256(
            ISSUER.claims().notBeforeTime(Date.from(Instant.now().plusSeconds(120))).build()),
        good.substring(0, good.length() - 10),
        good.substring(0, good.lastIndexOf('.') + 1),
        "a.b.c",
        "");
  }

  @ParameterizedTest
  @MethodSource("badTokens")
  void anyOtherTokenIsAWrongCredential(String token) {
    failsWith(SessionReason.INVALID_CREDENTIALS, () -> create(token));
  }

  @Test
  void aSessionTokenIsNoCredential() {
    String token = replica.create().getSessionToken();
    failsWith(SessionReason.INVALID_CREDENTIALS, () -> create(token));
    assertThat(SessionClaims.ALGORITHM).isEqualTo(JWSAlgorithm.RS256);
  }

  @Test
  void aTokenWithoutNamespacesReachesNone() {
    String token = ISSUER.rs256(ISSUER.claims().claim("prism_namespaces", null).build());
    failsWith(
        SessionReason.NAMESPACE_NOT_ALLOWED,
        () ->
            replica
                .sessions()
                .createSession(
                    SessionReplica.request("", "default").toBuilder().setJwtToken(token).build()));
  }

  @Test
  void unknownKeysTakeAsLongAsWrongSecrets() {
    List<Long> unknown = new ArrayList<>();
    List<Long> wrong = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      unknown.add(nanosOf("nobody" + i + ".0123456789abcdef0123456789abcdef"));
      wrong.add(nanosOf("root.0123456789abcdef0123456789abc" + (100 + i)));
    }
    double unknownMedian = median(unknown.subList(100, 300));
    double wrongMedian = median(wrong.subList(100, 300));
    System.out.printf(
        "wrong credentials, median: unknown id %.0f us, wrong secret %.0f us%n",
        unknownMedian, wrongMedian);
    assertThat(unknownMedian / wrongMedian).isBetween(0.6, 1.67);
  }

  private long nanosOf(String key) {
    CreateSessionRequest request = SessionReplica.request(key, "default");
    long start = System.nanoTime();
    String reason =
        Failures.reasonOf(Failures.failureOf(() -> replica.sessions().createSession(request)));
    assertThat(reason).isEqualTo("INVALID_CREDENTIALS");
    return System.nanoTime() - start;
  }

  private static double median(List<Long> nanos) {
    return nanos.stream().sorted().toList().get(nanos.size() / 2) / 1_000.0;
  }
}
