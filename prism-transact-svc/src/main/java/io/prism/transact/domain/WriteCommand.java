package io.prism.transact.domain;

import org.jspecify.annotations.Nullable;

/**
 * What is to be written together: a row, a message, or both.
 *
 * @param namespace of the session
 * @param <V> a value as the wire has it
 */
public record WriteCommand<V>(
    String namespace, @Nullable DataWrite<V> data, @Nullable MailboxWrite mailbox) {}
