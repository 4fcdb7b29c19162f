package io.prism.transact.domain;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A message of a mailbox.
 *
 * @param message not to be changed
 * @param processedAt when it was marked as processed; null when it is not
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared as a whole.
public record StoredMessage(
    MessageId id,
    byte[] message,
    Map<String, String> metadata,
    @Nullable String messageType,
    Instant createdAt,
    @Nullable Instant processedAt) {}
