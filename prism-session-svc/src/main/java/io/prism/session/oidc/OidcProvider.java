package io.prism.session.oidc;

import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.jwt.proc.BadJWTException;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import io.prism.session.domain.Credentials;
import io.prism.session.domain.Identity;
import io.prism.session.domain.IdentityProvider;
import io.prism.session.domain.Names;
import io.prism.session.domain.Peer;
import io.prism.session.domain.Rights;
import io.prism.starter.auth.Permissions;
import io.prism.starter.error.CallReason;
import io.prism.starter.error.PrismException;
import java.text.ParseException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Checks tokens of OpenID Connect issuers: signature, issuer, audience and times. */
public final class OidcProvider implements IdentityProvider<Credentials.Token> {

  private static final Logger log = LoggerFactory.getLogger(OidcProvider.class);
  private static final Duration RETRY_DELAY = Duration.ofSeconds(1);
  private static final int MAX_CLAIMED = 200;
  private static final int MAX_PRINCIPAL = 256;
  private static final int MAX_NAMES = 64;

  private final Map<String, TrustedIssuer> issuers;
  private final Duration maxClockSkew;

  /**
   * @param maxClockSkew how far an issuer's clock may differ
   */
  public OidcProvider(List<TrustedIssuer> issuers, Duration maxClockSkew) {
    this.issuers =
        issuers.stream().collect(Collectors.toMap(TrustedIssuer::issuer, Function.identity()));
    this.maxClockSkew = maxClockSkew;
  }

  @Override
  public Optional<Identity> authenticate(Credentials.Token credentials, Peer peer) {
    try {
      // A token that is not signed is no SignedJWT.
      SignedJWT token = SignedJWT.parse(credentials.text());
      JWTClaimsSet claims = token.getJWTClaimsSet();
      String named = claims.getIssuer();
      TrustedIssuer issuer = named == null ? null : issuers.get(named);
      if (issuer == null || !isSigned(token, issuer)) {
        return Optional.empty();
      }
      checks(issuer).verify(claims, null);
      return identity(claims, issuer);
    } catch (ParseException | BadJWTException | IllegalArgumentException e) {
      log.debug("token refused: {}", e.getMessage());
      return Optional.empty();
    }
  }

  private static boolean isSigned(SignedJWT token, TrustedIssuer issuer) {
    JWSHeader header = token.getHeader();
    boolean acceptable =
        SignatureCheck.ALGORITHMS.contains(header.getAlgorithm())
            && header.getKeyID() != null
            && header.getCriticalParams() == null;
    return acceptable
        && keys(header, issuer).stream().anyMatch(key -> SignatureCheck.passes(token, key));
  }

  private static List<JWK> keys(JWSHeader header, TrustedIssuer issuer) {
    try {
      return issuer.keys().get(new JWKSelector(JWKMatcher.forJWSHeader(header)), null);
    } catch (KeySourceException e) {
      throw PrismException.because(
              CallReason.BACKEND_UNAVAILABLE, "the keys of the token's issuer cannot be had now")
          .retryAfter(RETRY_DELAY)
          .cause(e)
          .build();
    }
  }

  private DefaultJWTClaimsVerifier<SecurityContext> checks(TrustedIssuer issuer) {
    DefaultJWTClaimsVerifier<SecurityContext> checks =
        new DefaultJWTClaimsVerifier<>(
            issuer.audience(),
            new JWTClaimsSet.Builder().issuer(issuer.issuer()).build(),
            Set.of("exp", issuer.principalClaim()));
    checks.setMaxClockSkew(Math.toIntExact(maxClockSkew.toSeconds()));
    return checks;
  }

  private static Optional<Identity> identity(JWTClaimsSet claims, TrustedIssuer issuer)
      throws ParseException {
    String principal = issuer.principalPrefix() + claims.getStringClaim(issuer.principalClaim());
    List<String> permissions =
        both(issuer.permissions(), names(claims, issuer.permissionsClaim()), Permissions::isValid);
    List<String> namespaces =
        both(
            issuer.namespaces(),
            names(claims, issuer.namespacesClaim()),
            name -> Rights.EVERY_NAMESPACE.equals(name) || Names.isNamespace(name));
    if (principal.length() > MAX_PRINCIPAL) {
      return Optional.empty();
    }
    return Optional.of(
        new Identity(
            principal, "oidc:" + issuer.issuer(), new Rights(namespaces, permissions, List.of())));
  }

  /** What does not have the form of a name means nothing here and is left out. */
  private static List<String> both(
      List<String> configured, List<String> claimed, Predicate<String> isName) {
    List<String> all = new ArrayList<>(configured);
    all.addAll(claimed);
    return all.stream().filter(isName).distinct().limit(MAX_NAMES).toList();
  }

  private static List<String> names(JWTClaimsSet claims, String name) throws ParseException {
    Object value = claims.getClaim(name);
    return switch (value) {
      case null -> List.of();
      case String words -> List.of(words.split(" "));
      default -> claims.getStringListClaim(name);
    };
  }

  @Override
  public String claimed(Credentials.Token credentials) {
    try {
      String issuer = SignedJWT.parse(credentials.text()).getJWTClaimsSet().getIssuer();
      String text = "oidc:" + issuer;
      return text.substring(0, Math.min(text.length(), MAX_CLAIMED));
    } catch (ParseException e) {
      return "oidc";
    }
  }
}
