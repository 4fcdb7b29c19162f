package io.prism.pubsub.inprocess;

import io.prism.pubsub.domain.GroupName;
import io.prism.pubsub.domain.SubjectTrie;
import io.prism.pubsub.domain.Topic;
import io.prism.pubsub.inprocess.InProcessBroker.Member;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/** The subscriptions of a process, by pattern. Thread-safe. */
final class Members {

  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private final SubjectTrie<Member> byPattern = new SubjectTrie<>();

  void add(Member member) {
    lock.writeLock().lock();
    try {
      byPattern.add(member.interest().pattern().path(), member);
    } finally {
      lock.writeLock().unlock();
    }
  }

  void remove(Member member) {
    lock.writeLock().lock();
    try {
      byPattern.remove(member.interest().pattern().path(), member);
    } finally {
      lock.writeLock().unlock();
    }
  }

  /** The members whose patterns match a topic, those of a group together. */
  Matches matching(Topic topic) {
    List<Member> singles = new ArrayList<>();
    Map<GroupName, List<Member>> groups = new HashMap<>();
    lock.readLock().lock();
    try {
      byPattern.forEachMatch(
          topic.path(),
          member -> {
            GroupName group = member.interest().group();
            if (group == null) {
              singles.add(member);
            } else {
              groups.computeIfAbsent(group, any -> new ArrayList<>()).add(member);
            }
          });
    } finally {
      lock.readLock().unlock();
    }
    return new Matches(singles, groups);
  }

  /** Who gets an event: each single member, and one of each group. */
  record Matches(List<Member> singles, Map<GroupName, List<Member>> groups) {}
}
