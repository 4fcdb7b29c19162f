package io.prism.transact.domain;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A message for a mailbox of the session's namespace.
 *
 * @param message not copied, not to be changed
 * @param priority kept for readers; it does not change the order
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared as a whole.
public record MailboxWrite(
    String mailbox,
    byte[] message,
    Map<String, String> metadata,
    @Nullable String messageType,
    @Nullable Integer priority) {}
