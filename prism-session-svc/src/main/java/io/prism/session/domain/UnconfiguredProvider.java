package io.prism.session.domain;

import java.util.Optional;

/** Stands for a kind of credentials that the deployment does not accept: all are wrong. */
public final class UnconfiguredProvider<C extends Credentials> implements IdentityProvider<C> {

  private final String kind;

  /**
   * @param kind for audit events
   */
  public UnconfiguredProvider(String kind) {
    this.kind = kind;
  }

  @Override
  public Optional<Identity> authenticate(C credentials, Peer peer) {
    return Optional.empty();
  }

  @Override
  public String claimed(C credentials) {
    return kind;
  }
}
