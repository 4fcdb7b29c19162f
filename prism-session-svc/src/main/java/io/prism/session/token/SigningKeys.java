package io.prism.session.token;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;

/**
 * The keys at one moment.
 *
 * @param published all that a token may be signed with, those that do not sign yet included
 * @param clockOffset what the clock that {@code signsFrom} means is ahead of this machine's
 */
public record SigningKeys(List<SigningKey> published, Duration clockOffset) {

  public SigningKeys {
    published = List.copyOf(published);
  }

  /** The one that signs: the newest that has started to. */
  public SigningKey signer(Instant now) {
    Instant corrected = now.plus(clockOffset);
    return published.stream()
        .filter(key -> !key.signsFrom().isAfter(corrected))
        .max(Comparator.comparing(SigningKey::signsFrom))
        .orElseThrow(() -> new IllegalStateException("no signing key has started to sign"));
  }
}
