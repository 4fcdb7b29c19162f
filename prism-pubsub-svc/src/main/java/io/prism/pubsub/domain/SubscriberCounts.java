package io.prism.pubsub.domain;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/** How many subscriptions there are of each kind, and so how many an event has. Thread-safe. */
public final class SubscriberCounts {

  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private final Map<TopicPattern, Tally> tallies = new HashMap<>();
  private final SubjectTrie<Tally> byPattern = new SubjectTrie<>();

  /** There are so many more, or fewer, of a kind. */
  public void change(Interest interest, int difference) {
    lock.writeLock().lock();
    try {
      TopicPattern pattern = interest.pattern();
      Tally tally = tallies.get(pattern);
      if (tally == null) {
        tally = new Tally();
        tallies.put(pattern, tally);
        byPattern.add(pattern.path(), tally);
      }
      tally.change(interest, difference);
      if (tally.isEmpty()) {
        tallies.remove(pattern);
        byPattern.remove(pattern.path(), tally);
      }
    } finally {
      lock.writeLock().unlock();
    }
  }

  /** Matching subscriptions outside groups and matching groups. */
  public int matching(Topic topic) {
    Matches matches = new Matches();
    lock.readLock().lock();
    try {
      byPattern.forEachMatch(topic.path(), matches::add);
    } finally {
      lock.readLock().unlock();
    }
    return matches.count();
  }

  private static final class Tally {

    private int single;
    private final Map<GroupName, Integer> members = new HashMap<>(2);

    void change(Interest interest, int difference) {
      GroupName group = interest.group();
      if (group == null) {
        single += difference;
      } else if (members.merge(group, difference, Integer::sum) == 0) {
        members.remove(group);
      }
    }

    boolean isEmpty() {
      return single == 0 && members.isEmpty();
    }
  }

  private static final class Matches {

    private int singles;
    // A group counts once, even if several patterns of it match.
    private Set<GroupName> groups = Set.of();

    void add(Tally tally) {
      singles += tally.single;
      if (!tally.members.isEmpty()) {
        if (groups.isEmpty()) {
          groups = new HashSet<>();
        }
        groups.addAll(tally.members.keySet());
      }
    }

    int count() {
      return singles + groups.size();
    }
  }
}
