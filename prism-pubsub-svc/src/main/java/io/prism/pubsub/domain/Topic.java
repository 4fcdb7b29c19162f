package io.prism.pubsub.domain;

import java.util.List;

/**
 * A topic of a namespace.
 *
 * @param namespace the namespace of the session that names the topic
 * @param name the name as clients see it
 * @param path the namespace and then the tokens of the name
 */
public record Topic(String namespace, String name, List<String> path) {

  /**
   * A topic as a client names it.
   *
   * @param field the request's field, for the message
   * @throws io.prism.starter.error.PrismException INVALID_ARGUMENT when it is no topic
   */
  public static Topic of(String field, String namespace, String name) {
    return new Topic(namespace, name, Tokens.ofTopic(field, namespace, name));
  }

  /**
   * The name over all namespaces. A namespace has no dot and is the first token, so no two topics
   * share a subject, and none reaches into another namespace.
   */
  public String subject() {
    return namespace + '.' + name;
  }
}
