package io.prism.pubsub.nats;

import io.prism.pubsub.domain.GroupName;
import io.prism.pubsub.domain.Interest;
import io.prism.pubsub.domain.TopicPattern;
import io.prism.pubsub.internal.v1.Announcement;
import io.prism.pubsub.internal.v1.AnnouncementKind;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** What an instance says of its subscriptions, numbered. Not thread-safe. */
final class Announcements {

  /** Keeps a message far below the megabyte that NATS takes by default. */
  private static final int INTERESTS_PER_MESSAGE = 500;

  private final String instanceId;
  private long sequence;

  Announcements(String instanceId) {
    this.instanceId = instanceId;
  }

  Announcement change(Interest interest, int count) {
    return next(AnnouncementKind.ANNOUNCEMENT_KIND_CHANGE)
        .addInterests(encode(interest, count))
        .build();
  }

  /** All interests, in parts. */
  List<Announcement> snapshot(Map<Interest, Integer> all) {
    List<Announcement> parts = new ArrayList<>();
    Iterator<Map.Entry<Interest, Integer>> rest = all.entrySet().iterator();
    do {
      Announcement.Builder part = next(AnnouncementKind.ANNOUNCEMENT_KIND_SNAPSHOT);
      while (rest.hasNext() && part.getInterestsCount() < INTERESTS_PER_MESSAGE) {
        Map.Entry<Interest, Integer> entry = rest.next();
        part.addInterests(encode(entry.getKey(), entry.getValue()));
      }
      parts.add(part.setFirstPart(parts.isEmpty()).setLastPart(!rest.hasNext()).build());
    } while (rest.hasNext());
    return parts;
  }

  Announcement heartbeat() {
    return announcement(AnnouncementKind.ANNOUNCEMENT_KIND_HEARTBEAT).build();
  }

  Announcement leaving() {
    return announcement(AnnouncementKind.ANNOUNCEMENT_KIND_LEAVING).build();
  }

  private Announcement.Builder next(AnnouncementKind kind) {
    sequence++;
    return announcement(kind);
  }

  private Announcement.Builder announcement(AnnouncementKind kind) {
    return Announcement.newBuilder().setInstanceId(instanceId).setSequence(sequence).setKind(kind);
  }

  private static io.prism.pubsub.internal.v1.Interest encode(Interest interest, int count) {
    io.prism.pubsub.internal.v1.Interest.Builder encoded =
        io.prism.pubsub.internal.v1.Interest.newBuilder()
            .setNamespace(interest.pattern().namespace())
            .setTopicPattern(interest.pattern().name())
            .setCount(count);
    GroupName group = interest.group();
    if (group != null) {
      encoded.setQueueGroup(group.name());
    }
    return encoded.build();
  }

  static Interest decode(io.prism.pubsub.internal.v1.Interest encoded) {
    String namespace = encoded.getNamespace();
    return new Interest(
        TopicPattern.of("topic_pattern", namespace, encoded.getTopicPattern()),
        encoded.hasQueueGroup() ? GroupName.of(namespace, encoded.getQueueGroup()) : null);
  }
}
