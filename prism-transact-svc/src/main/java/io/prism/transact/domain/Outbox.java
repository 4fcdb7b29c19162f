package io.prism.transact.domain;

import java.util.List;
import java.util.Optional;

/** The positions of outbox relays: how far each mailbox is published. Blocks. */
public interface Outbox {

  /**
   * Becomes the one relay of a binding.
   *
   * @return empty while another instance is
   */
  Optional<Turn> tryLead(OutboxBinding binding);

  /** How many messages of a mailbox are not published yet. */
  long lag(OutboxBinding binding);

  /**
   * The right to publish for a binding, until it is closed or its connection breaks. Whoever lost
   * it cannot move the position: that needs the connection which held it.
   */
  interface Turn extends AutoCloseable {

    /** The next messages that are not published yet, by sequence; empty when there are none. */
    List<StoredMessage> next();

    /** Remembers that everything up to a sequence is published. */
    void published(long sequence);

    @Override
    void close();
  }
}
