package io.prism.session.postgres;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import io.prism.session.token.KeyEncryption;
import io.prism.session.token.RotationPolicy;
import io.prism.session.token.SigningKey;
import io.prism.session.token.SigningKeySource;
import io.prism.session.token.SigningKeys;
import jakarta.persistence.EntityManager;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Signing keys in PostgreSQL, made and rotated by whichever replica comes first: an advisory lock
 * keeps the others from doing it too.
 */
public final class PostgresSigningKeys implements SigningKeySource {

  private static final Logger log = LoggerFactory.getLogger(PostgresSigningKeys.class);
  private static final long ROTATION_LOCK = 0x5052_4953_4d02L;

  private final Database database;
  private final JdbcClient jdbc;
  private final EntityManager entities;
  private final KeyEncryption encryption;
  private final RotationPolicy policy;
  private final Clock clock;

  public PostgresSigningKeys(
      Database database,
      JdbcClient jdbc,
      EntityManager entities,
      KeyEncryption encryption,
      RotationPolicy policy,
      Clock clock) {
    this.database = database;
    this.jdbc = jdbc;
    this.entities = entities;
    this.encryption = encryption;
    this.policy = policy;
    this.clock = clock;
  }

  @Override
  public SigningKeys load() {
    Stored stored = database.transaction("signing_key.load", this::read);
    if (stored.isRotationDue(policy)) {
      RSAKey successor = generate();
      stored = database.transaction("signing_key.rotate", () -> rotate(successor));
    }
    return stored.open(encryption, clock);
  }

  private Stored read() {
    List<SigningKeyEntity> newestFirst =
        entities
            .createQuery("from SigningKeyEntity order by signsFrom desc", SigningKeyEntity.class)
            .getResultList();
    return new Stored(newestFirst, DatabaseClock.now(jdbc));
  }

  private Stored rotate(RSAKey successor) {
    jdbc.sql("select pg_advisory_xact_lock(?)")
        .param(ROTATION_LOCK)
        .query((row, n) -> true)
        .single();
    Stored stored = read();
    if (!stored.isRotationDue(policy)) {
      return stored;
    }
    Instant signsFrom =
        stored.newest().map(key -> stored.now().plus(policy.lead())).orElse(stored.now());
    entities.persist(
        new SigningKeyEntity(
            successor.getKeyID(),
            successor.toPublicJWK().toJSONString(),
            encryption.encrypt(successor.getKeyID(), successor.toJSONString()),
            stored.now(),
            signsFrom));
    stored.dead(policy).forEach(entities::remove);
    entities.flush();
    log.info("signing key {} will sign from {}", successor.getKeyID(), signsFrom);
    return read();
  }

  private RSAKey generate() {
    try {
      return new RSAKeyGenerator(policy.bits())
          .algorithm(JWSAlgorithm.RS256)
          .keyUse(KeyUse.SIGNATURE)
          .keyIDFromThumbprint(true)
          .generate();
    } catch (JOSEException e) {
      throw new IllegalStateException("a signing key cannot be generated", e);
    }
  }

  /** The keys as they are stored, the newest first. */
  private record Stored(List<SigningKeyEntity> newestFirst, Instant now) {

    Optional<SigningKeyEntity> newest() {
      return newestFirst.stream().findFirst();
    }

    boolean isRotationDue(RotationPolicy policy) {
      return newest().map(key -> policy.isDue(key.signsFrom(), now)).orElse(true);
    }

    /** A key is dead when its successor has signed for longer than a token lives. */
    List<SigningKeyEntity> dead(RotationPolicy policy) {
      Instant before = policy.forgetBefore(now);
      return newestFirst.stream().filter(key -> successorSignsBefore(key, before)).toList();
    }

    private boolean successorSignsBefore(SigningKeyEntity key, Instant before) {
      int at = newestFirst.indexOf(key);
      return at > 0 && newestFirst.get(at - 1).signsFrom().isBefore(before);
    }

    SigningKeys open(KeyEncryption encryption, Clock clock) {
      return new SigningKeys(
          newestFirst.stream().map(key -> open(key, encryption)).toList(),
          Duration.between(clock.instant(), now));
    }

    private static SigningKey open(SigningKeyEntity key, KeyEncryption encryption) {
      try {
        return new SigningKey(
            RSAKey.parse(encryption.decrypt(key.id(), key.encryptedPrivate())), key.signsFrom());
      } catch (ParseException e) {
        throw new IllegalStateException("signing key " + key.id() + " cannot be read", e);
      }
    }
  }
}
