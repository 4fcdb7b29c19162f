package io.prism.session.domain;

import java.time.Clock;
import java.util.Optional;

/** Checks API keys: the same work whether the id is known or not. */
public final class ApiKeyLogin {

  private static final SecretHash NO_KEY = new SecretHash(new byte[32]);

  private final ApiKeyStore keys;
  private final SecretHasher hasher;
  private final Clock clock;

  public ApiKeyLogin(ApiKeyStore keys, SecretHasher hasher, Clock clock) {
    this.keys = keys;
    this.hasher = hasher;
    this.clock = clock;
  }

  /** Who the key belongs to; empty when anything is wrong with it. */
  public Optional<Identity> authenticate(Credentials.ApiKey key) {
    String id = key.keyId();
    SecretHash shown = hasher.hash(id, key.secret());
    Optional<ApiKeyRecord> found = keys.find(id);
    boolean matches = found.map(ApiKeyRecord::hash).orElse(NO_KEY).equals(shown);
    return found
        .filter(record -> matches && record.isUsable(clock.instant()))
        .map(record -> new Identity(record.principal(), "api_key:" + id, record.rights()));
  }
}
