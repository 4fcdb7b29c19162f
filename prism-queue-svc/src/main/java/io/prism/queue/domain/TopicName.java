package io.prism.queue.domain;

/**
 * A topic of a namespace.
 *
 * <p>A namespace has no dot, so the first dot of the stored name ends it: no two pairs share a
 * stored name, and no name reaches into another namespace.
 *
 * @param namespace the namespace of the session that names the topic
 * @param name the name as clients see it
 */
public record TopicName(String namespace, String name) {

  static final int MAX_LENGTH = 180;

  private static final String DEAD_LETTER_SUFFIX = ".dlq";

  /**
   * A topic as a client names it.
   *
   * @param field the request's field, for the message
   * @throws io.prism.starter.error.PrismException INVALID_ARGUMENT when it is no topic's name
   */
  public static TopicName of(String field, String namespace, String name) {
    return new TopicName(namespace, Names.checked(field, name));
  }

  /** The default topic for messages of this one that could not be processed. */
  public TopicName deadLetter() {
    return new TopicName(namespace, name + DEAD_LETTER_SUFFIX);
  }

  /** The name in the store; at most 249 characters. */
  public String stored() {
    return Names.stored(namespace, name);
  }
}
