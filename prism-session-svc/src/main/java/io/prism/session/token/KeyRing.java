package io.prism.session.token;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.SecurityContext;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The signing keys in use here, looked up now and then. Thread-safe. */
public final class KeyRing implements JWKSource<SecurityContext> {

  private final SigningKeySource source;
  private final Clock clock;
  private volatile SigningKeys keys;
  private volatile JWKSet publicKeys;

  /** Loads the keys; without any, nothing can be signed, so it fails when that fails. */
  public KeyRing(SigningKeySource source, Clock clock) {
    this.source = source;
    this.clock = clock;
    this.keys = source.load();
    this.publicKeys = publicHalves(keys);
  }

  /** Looks the keys up again. May fail in an outage; the known ones then stay in use. */
  public void refresh() {
    SigningKeys fresh = source.load();
    publicKeys = publicHalves(fresh);
    keys = fresh;
  }

  private static JWKSet publicHalves(SigningKeys keys) {
    return new JWKSet(keys.published().stream().<JWK>map(key -> key.pair().toPublicJWK()).toList());
  }

  /** The key to sign with now. */
  public SigningKey signer() {
    return keys.signer(clock.instant());
  }

  /** What verifiers need; no private half. */
  public JWKSet publicKeys() {
    return publicKeys;
  }

  @Override
  public List<JWK> get(JWKSelector selector, @Nullable SecurityContext context) {
    return selector.select(publicKeys);
  }
}
