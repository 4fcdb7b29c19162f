package io.prism.pubsub.nats;

import io.prism.pubsub.domain.Interest;
import io.prism.pubsub.domain.SubscriberCounts;
import io.prism.pubsub.internal.v1.Announcement;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What another instance has said of its subscriptions. What it said is kept when something was
 * missed, until a snapshot corrects it. Not thread-safe.
 */
final class RemoteInstance {

  private final SubscriberCounts counts;
  private Map<Interest, Integer> interests = new HashMap<>();
  private @Nullable Map<Interest, Integer> arriving;
  private long sequence;
  private boolean complete = true;
  private long heardNanos;

  RemoteInstance(SubscriberCounts counts) {
    this.counts = counts;
  }

  /** Takes what it says; false when something is missing, and a snapshot needed. */
  boolean hear(Announcement said, long nowNanos) {
    heardNanos = nowNanos;
    return switch (said.getKind()) {
      case ANNOUNCEMENT_KIND_CHANGE -> change(said);
      case ANNOUNCEMENT_KIND_SNAPSHOT -> snapshot(said);
      case ANNOUNCEMENT_KIND_HEARTBEAT -> complete && said.getSequence() == sequence;
      // Of a later version: what it means is not known, and its number will be missed.
      case ANNOUNCEMENT_KIND_LEAVING, ANNOUNCEMENT_KIND_UNSPECIFIED, UNRECOGNIZED -> true;
    };
  }

  private boolean change(Announcement said) {
    arriving = null;
    complete &= said.getSequence() == sequence + 1;
    if (complete) {
      sequence = said.getSequence();
      said.getInterestsList()
          .forEach(interest -> set(Announcements.decode(interest), interest.getCount()));
    }
    return complete;
  }

  private boolean snapshot(Announcement said) {
    if (said.getFirstPart()) {
      arriving = new HashMap<>();
    } else if (said.getSequence() != sequence + 1) {
      arriving = null;
    }
    Map<Interest, Integer> whole = arriving;
    if (whole == null) {
      complete = false;
      return false;
    }
    sequence = said.getSequence();
    said.getInterestsList()
        .forEach(interest -> whole.put(Announcements.decode(interest), interest.getCount()));
    complete = said.getLastPart();
    if (complete) {
      arriving = null;
      interests.keySet().stream()
          .filter(known -> !whole.containsKey(known))
          .toList()
          .forEach(gone -> set(gone, 0));
      whole.forEach(this::set);
    }
    // The rest follows at once; if it does not, the next heartbeat tells.
    return true;
  }

  private void set(Interest interest, int count) {
    Integer before = count > 0 ? interests.put(interest, count) : interests.remove(interest);
    int difference = count - (before == null ? 0 : before);
    if (difference != 0) {
      counts.change(interest, difference);
    }
  }

  /** It has no subscriptions any more. */
  void forget() {
    interests.forEach((interest, count) -> counts.change(interest, -count));
    interests = new HashMap<>();
    complete = false;
  }

  /** While this instance heard nobody, silence meant nothing. */
  void excuse(long nowNanos) {
    heardNanos = nowNanos;
  }

  boolean isSilentSince(long nanos) {
    return heardNanos - nanos < 0;
  }
}
