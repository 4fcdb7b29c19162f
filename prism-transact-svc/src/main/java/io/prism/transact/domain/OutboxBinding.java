package io.prism.transact.domain;

import io.prism.starter.error.PrismException;

/**
 * A mailbox whose messages are published to a topic.
 *
 * @param topic as clients of the Queue service name it
 */
public record OutboxBinding(String namespace, String mailbox, String topic) {

  private static final String NAMESPACE = "[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?";
  private static final String TOPIC = "[A-Za-z0-9._-]{1,180}";

  /**
   * Checks the names.
   *
   * @throws PrismException INVALID_ARGUMENT
   */
  public OutboxBinding {
    if (!namespace.matches(NAMESPACE)) {
      throw PrismException.invalid(
          "namespace", "'" + namespace + "' (expected: letters, digits and hyphens)");
    }
    WriteRules.checkMailboxId("mailbox", mailbox);
    if (!topic.matches(TOPIC) || topic.equals(".") || topic.equals("..")) {
      throw PrismException.invalid(
          "topic", "'" + topic + "' (expected: letters, digits, . _ and -)");
    }
  }

  /** The topic's name in Kafka, which is that of the Queue service. */
  public String storedTopic() {
    return namespace + "." + topic;
  }
}
