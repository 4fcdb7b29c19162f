package io.prism.pubsub.domain;

import java.util.List;

/**
 * Which topics of a namespace: {@code *} stands for one token anywhere, {@code >} for one or more
 * at the end.
 *
 * @param namespace the namespace of the session that names the pattern
 * @param name the pattern as clients see it
 * @param path the namespace, which is never a wildcard, and then the tokens of the pattern
 */
public record TopicPattern(String namespace, String name, List<String> path) {

  /**
   * A pattern as a client writes it.
   *
   * @param field the request's field, for the message
   * @throws io.prism.starter.error.PrismException INVALID_ARGUMENT when it is no pattern
   */
  public static TopicPattern of(String field, String namespace, String name) {
    return new TopicPattern(namespace, name, Tokens.ofPattern(field, namespace, name));
  }

  /** The pattern over all namespaces; see {@link Topic#subject()}. */
  public String subject() {
    return namespace + '.' + name;
  }
}
