package io.prism.session.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class KeysTest {

  @TempDir private Path folder;

  private static RSAKey key(String id) throws Exception {
    return new RSAKeyGenerator(2048).keyID(id).generate();
  }

  @Test
  void theNewestKeyThatHasStartedSignsAndAllArePublished() throws Exception {
    Instant now = Instant.parse("2026-01-01T00:00:00Z");
    SigningKeys keys =
        new SigningKeys(
            List.of(
                new SigningKey(key("old"), now.minusSeconds(100)),
                new SigningKey(key("next"), now.plusSeconds(10))),
            Duration.ZERO);
    assertThat(keys.signer(now).pair().getKeyID()).isEqualTo("old");
    assertThat(keys.signer(now.plusSeconds(10)).pair().getKeyID()).isEqualTo("next");
    assertThat(
            new SigningKeys(keys.published(), Duration.ofSeconds(10)).signer(now).pair().getKeyID())
        .as("the store's clock counts")
        .isEqualTo("next");
  }

  @Test
  void rotationIsDueALeadBeforeAKeyHasSignedItsTime() {
    RotationPolicy policy =
        new RotationPolicy(Duration.ofDays(30), Duration.ofMinutes(15), Duration.ofDays(1), 2048);
    Instant from = Instant.parse("2026-01-01T00:00:00Z");
    Instant due = from.plus(Duration.ofDays(30)).minus(Duration.ofMinutes(15));
    assertThat(policy.isDue(from, due.minusMillis(1))).isFalse();
    assertThat(policy.isDue(from, due)).isTrue();
  }

  @Test
  void anEncryptedKeyOpensOnlyWithItsKeyAndUnderItsId() {
    KeyEncryption encryption = new KeyEncryption(new byte[32]);
    byte[] sealed = encryption.encrypt("id", "secret");
    assertThat(new String(sealed, java.nio.charset.StandardCharsets.ISO_8859_1))
        .doesNotContain("secret");
    assertThat(encryption.decrypt("id", sealed)).isEqualTo("secret");
    assertThat(encryption.encrypt("id", "secret")).isNotEqualTo(sealed);
    byte[] other = new byte[32];
    other[0] = 1;
    assertThatThrownBy(() -> new KeyEncryption(other).decrypt("id", sealed))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> encryption.decrypt("other", sealed))
        .isInstanceOf(IllegalStateException.class);
    sealed[sealed.length - 1] ^= 1;
    assertThatThrownBy(() -> encryption.decrypt("id", sealed))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> new KeyEncryption(new byte[16]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void mountedKeysAreAJwkSetAJwkOrAPemAndTheFirstSigns() throws Exception {
    RSAKey first = key("first");
    RSAKey second = key("second");
    Path file = folder.resolve("keys");
    Files.writeString(file, new JWKSet(List.of(first, second)).toString(false));
    KeyRing ring = new KeyRing(new MountedKeys(file), Clock.systemUTC());
    assertThat(ring.signer().pair().getKeyID()).isEqualTo("first");
    assertThat(ring.publicKeys().getKeys())
        .hasSize(2)
        .allMatch(published -> !published.isPrivate());
    Files.writeString(file, second.toJSONString());
    ring.refresh();
    assertThat(ring.signer().pair().getKeyID()).isEqualTo("second");
    Files.writeString(
        file,
        "-----BEGIN PRIVATE KEY-----\n"
            + Base64.getMimeEncoder().encodeToString(first.toPrivateKey().getEncoded())
            + "\n-----END PRIVATE KEY-----\n");
    ring.refresh();
    assertThat(ring.signer().pair().toPublicKey()).isEqualTo(first.toPublicKey());
    assertThat(ring.signer().pair().getKeyID()).isNotEmpty();
  }

  @Test
  void otherKeysAreRefusedAndTheKnownOnesStay() throws Exception {
    Path file = folder.resolve("keys");
    Files.writeString(file, key("good").toJSONString());
    KeyRing ring = new KeyRing(new MountedKeys(file), Clock.systemUTC());
    for (String wrong :
        List.of(
            new ECKeyGenerator(Curve.P_256).generate().toJSONString(),
            key("public").toPublicJWK().toJSONString(),
            "nonsense")) {
      Files.writeString(file, wrong);
      assertThatThrownBy(ring::refresh).isInstanceOf(IllegalStateException.class);
    }
    assertThat(ring.signer().pair().getKeyID()).isEqualTo("good");
  }
}
