package io.prism.session.domain;

import io.prism.starter.error.PrismException;
import java.util.Map;
import java.util.Optional;

/** Checks credentials of every kind; refuses all wrong ones alike. */
public final class Login {

  private final ApiKeyLogin apiKeys;
  private final IdentityProvider<Credentials.Token> tokens;
  private final IdentityProvider<Credentials.Certificate> certificates;
  private final LoginThrottle throttle;
  private final AuditTrail audit;

  public Login(
      ApiKeyLogin apiKeys,
      IdentityProvider<Credentials.Token> tokens,
      IdentityProvider<Credentials.Certificate> certificates,
      LoginThrottle throttle,
      AuditTrail audit) {
    this.apiKeys = apiKeys;
    this.tokens = tokens;
    this.certificates = certificates;
    this.throttle = throttle;
    this.audit = audit;
  }

  /**
   * Who shows the credentials.
   *
   * @throws PrismException INVALID_CREDENTIALS, TOO_MANY_FAILED_LOGINS, BACKEND_UNAVAILABLE
   */
  public Identity authenticate(Credentials credentials, Peer peer) {
    return identify(credentials, peer).orElseThrow(() -> refusal(claimed(credentials), peer));
  }

  private Optional<Identity> identify(Credentials credentials, Peer peer) {
    return switch (credentials) {
      case Credentials.ApiKey key -> apiKeys.authenticate(key);
      case Credentials.Token token -> tokens.authenticate(token, peer);
      case Credentials.Certificate certificate -> certificates.authenticate(certificate, peer);
    };
  }

  private String claimed(Credentials credentials) {
    return switch (credentials) {
      case Credentials.ApiKey key -> "api_key:" + key.keyId();
      case Credentials.Token token -> tokens.claimed(token);
      case Credentials.Certificate certificate -> certificates.claimed(certificate);
    };
  }

  private PrismException refusal(String claimed, Peer peer) {
    audit.refused(
        AuditEntry.denied(claimed, "session.create", "", "")
            .with(Map.of("cause", "invalid credentials", "peer", peer.address())));
    throttle.holdBack(throttle.count(claimed, peer.address()));
    return PrismException.of(SessionReason.INVALID_CREDENTIALS, "the credentials are not valid");
  }
}
