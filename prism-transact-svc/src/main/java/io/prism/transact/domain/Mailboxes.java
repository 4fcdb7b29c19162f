package io.prism.transact.domain;

import java.util.Collection;
import java.util.List;
import java.util.Set;

/** The mailboxes of namespaces. Blocks. */
public interface Mailboxes {

  /**
   * The next messages by sequence; empty when there are none by now. A message that is committed
   * later has a higher sequence than every one that was ever returned.
   *
   * @param since only messages with a higher sequence
   * @param max most messages; there may be fewer although more follow
   */
  List<StoredMessage> next(
      String namespace, String mailbox, long since, int max, boolean unprocessedOnly);

  /** Marks messages as processed, those which are not yet; returns which of them exist. */
  Set<MessageId> process(String namespace, Collection<MessageId> ids);
}
