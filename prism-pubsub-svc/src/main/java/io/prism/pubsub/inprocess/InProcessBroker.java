package io.prism.pubsub.inprocess;

import io.prism.pubsub.domain.Event;
import io.prism.pubsub.domain.EventBroker;
import io.prism.pubsub.domain.Interest;
import io.prism.pubsub.domain.Topic;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Carries events within this process, for local mode: the one instance is all there is. The thread
 * that publishes tells the receivers, which do not block.
 */
public final class InProcessBroker implements EventBroker {

  private final Members members = new Members();

  @Override
  public int publish(Topic topic, Event event) {
    Members.Matches matches = members.matching(topic);
    matches.singles().forEach(member -> member.receive(event));
    matches
        .groups()
        .values()
        .forEach(
            group -> group.get(ThreadLocalRandom.current().nextInt(group.size())).receive(event));
    return matches.singles().size() + matches.groups().size();
  }

  @Override
  public Feed subscribe(Interest interest, Consumer<Event> receiver) {
    Member member = new Member(interest, receiver);
    members.add(member);
    return member;
  }

  /** A subscription. */
  final class Member implements Feed {

    private final Interest interest;
    private final Consumer<Event> receiver;
    private final AtomicBoolean closed = new AtomicBoolean();

    Member(Interest interest, Consumer<Event> receiver) {
      this.interest = interest;
      this.receiver = receiver;
    }

    Interest interest() {
      return interest;
    }

    void receive(Event event) {
      receiver.accept(event);
    }

    @Override
    public CompletableFuture<Void> live() {
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public void close() {
      if (closed.compareAndSet(false, true)) {
        members.remove(this);
      }
    }
  }
}
