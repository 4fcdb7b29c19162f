package io.prism.queue.domain;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of messages that were delivered to streams of a session.
 *
 * @param sessionId whose streams
 * @param ids of the messages; those that no stream has outstanding stay as they are
 * @param ackDeadline new time to acknowledge, from now, zero: given back for redelivery at once;
 *     null: they are acknowledged
 */
public record DeliveryChange(
    String sessionId, List<MessageId> ids, @Nullable Duration ackDeadline) {}
