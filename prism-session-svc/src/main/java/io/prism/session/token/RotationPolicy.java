package io.prism.session.token;

import java.time.Duration;
import java.time.Instant;

/**
 * When signing keys change.
 *
 * @param every how long a key signs
 * @param lead how long a new key is published before it signs, so that every verifier has it
 * @param overlap how long a key stays published after its last signature: the life of a token, and
 *     some
 * @param bits size of new keys
 */
public record RotationPolicy(Duration every, Duration lead, Duration overlap, int bits) {

  /** Whether the successor of the newest key has to be made now. */
  public boolean isDue(Instant newestSignsFrom, Instant now) {
    return !now.isBefore(newestSignsFrom.plus(every).minus(lead));
  }

  /** Before when a successor must have started to sign for a key to be forgotten. */
  public Instant forgetBefore(Instant now) {
    return now.minus(overlap);
  }
}
