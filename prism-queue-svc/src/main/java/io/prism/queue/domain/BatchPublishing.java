package io.prism.queue.domain;

import io.prism.queue.domain.PublishOutcome.Failed;
import io.prism.starter.error.PrismException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Publishes a batch in which each message stands alone: a bad one fails, the others go out. */
public final class BatchPublishing {

  private BatchPublishing() {}

  /** One outcome per message, in order; fails as a whole only when nothing could be tried. */
  public static CompletableFuture<List<PublishOutcome>> publish(
      Publisher publisher,
      MessageRules rules,
      TopicName topic,
      TopicSettings settings,
      Origin origin,
      List<OutgoingMessage> messages) {
    rules.checkCount("messages", messages.size());
    @Nullable PublishOutcome[] outcomes = new PublishOutcome[messages.size()];
    List<OutgoingMessage> good = new ArrayList<>(messages.size());
    for (int i = 0; i < outcomes.length; i++) {
      try {
        rules.check("messages[" + i + "].", messages.get(i));
        good.add(messages.get(i));
      } catch (PrismException e) {
        outcomes[i] = new Failed(e);
      }
    }
    if (good.size() == messages.size()) {
      return publisher.publishAll(topic, settings, origin, messages);
    }
    if (good.isEmpty()) {
      return CompletableFuture.completedFuture(Arrays.asList(filled(outcomes, List.of())));
    }
    return publisher
        .publishAll(topic, settings, origin, good)
        .thenApply(published -> Arrays.asList(filled(outcomes, published)));
  }

  private static PublishOutcome[] filled(
      @Nullable PublishOutcome[] outcomes, List<PublishOutcome> published) {
    PublishOutcome[] all = new PublishOutcome[outcomes.length];
    int next = 0;
    for (int i = 0; i < all.length; i++) {
      PublishOutcome failed = outcomes[i];
      all[i] = failed == null ? published.get(next++) : failed;
    }
    return all;
  }
}
