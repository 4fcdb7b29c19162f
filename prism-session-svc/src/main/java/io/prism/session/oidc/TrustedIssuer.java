package io.prism.session.oidc;

import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.SecurityContext;
import java.util.List;

/**
 * An issuer whose tokens count as credentials.
 *
 * @param keys its public keys
 * @param audience what {@code aud} must contain
 * @param principalPrefix put before the principal
 * @param permissions permissions of everybody with a valid token
 * @param namespaces namespaces of everybody with a valid token
 */
public record TrustedIssuer(
    String issuer,
    JWKSource<SecurityContext> keys,
    String audience,
    String principalClaim,
    String principalPrefix,
    String permissionsClaim,
    List<String> permissions,
    String namespacesClaim,
    List<String> namespaces) {

  public TrustedIssuer {
    permissions = List.copyOf(permissions);
    namespaces = List.copyOf(namespaces);
  }
}
