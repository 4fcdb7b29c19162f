package io.prism.session;

import io.prism.session.domain.ApiKeyRecord;
import io.prism.session.domain.ApiKeyStore;
import io.prism.session.domain.Credentials;
import io.prism.session.domain.NewApiKey;
import io.prism.session.domain.Rights;
import io.prism.session.domain.SecretHasher;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.InitializingBean;

/** Sees to it that there is a namespace, and an admin key that somebody knows. */
final class Bootstrap implements InitializingBean {

  private static final Logger log = LoggerFactory.getLogger(Bootstrap.class);
  private static final int MIN_SECRET = 24;
  private static final String PRINCIPAL = "admin";
  private static final Rights EVERYTHING =
      new Rights(List.of(Rights.EVERY_NAMESPACE), List.of("*:admin"), List.of());

  private final ApiKeyStore keys;
  private final SecretHasher hasher;
  private final Clock clock;
  private final @Nullable String configured;
  private final String namespace;

  Bootstrap(
      ApiKeyStore keys,
      SecretHasher hasher,
      Clock clock,
      @Nullable String configured,
      String namespace) {
    this.keys = keys;
    this.hasher = hasher;
    this.clock = clock;
    this.configured = configured;
    this.namespace = namespace;
  }

  @Override
  public void afterPropertiesSet() {
    if (configured != null && !configured.isBlank()) {
      keys.bootstrap(record(checked(configured.strip())), namespace, false);
      return;
    }
    NewApiKey made = NewApiKey.generate();
    if (keys.bootstrap(record(made.credentials()), namespace, true)) {
      log.warn("first admin API key, shown this once: {}", made.text());
    }
  }

  private static Credentials.ApiKey checked(String text) {
    Credentials.ApiKey key = new Credentials.ApiKey(text);
    if (!NewApiKey.isId(key.keyId()) || key.secret().length() < MIN_SECRET) {
      throw new IllegalStateException(
          "bootstrap-api-key has another form (expected: keyid.secret, the id of [A-Za-z0-9_-] and"
              + " at most 64 characters, the secret of at least "
              + MIN_SECRET
              + ")");
    }
    return key;
  }

  private ApiKeyRecord record(Credentials.ApiKey key) {
    return new ApiKeyRecord(
        key.keyId(),
        hasher.hash(key.keyId(), key.secret()),
        PRINCIPAL,
        EVERYTHING,
        null,
        clock.instant(),
        null,
        null);
  }
}
