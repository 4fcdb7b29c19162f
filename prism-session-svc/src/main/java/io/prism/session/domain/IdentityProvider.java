package io.prism.session.domain;

import java.util.Optional;

/** Checks one kind of credentials. Thread-safe; may block for seconds at most. */
public interface IdentityProvider<C extends Credentials> {

  /**
   * Who shows the credentials; empty when anything is wrong with them.
   *
   * @throws io.prism.starter.error.PrismException BACKEND_UNAVAILABLE when that cannot be found out
   *     now
   */
  Optional<Identity> authenticate(C credentials, Peer peer);

  /** What the credentials claim, unproved: for the audit event of a refused login. */
  String claimed(C credentials);
}
