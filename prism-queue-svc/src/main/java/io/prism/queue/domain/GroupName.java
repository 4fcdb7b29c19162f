package io.prism.queue.domain;

/**
 * A consumer group of a namespace.
 *
 * @param namespace the namespace of the session that names the group
 * @param name the name as clients see it
 */
public record GroupName(String namespace, String name) {

  /**
   * A group as a client names it.
   *
   * @throws io.prism.starter.error.PrismException INVALID_ARGUMENT when it is no group's name
   */
  public static GroupName of(String namespace, String name) {
    return new GroupName(namespace, Names.checked("consumer_group", name));
  }

  /** The name in the store. */
  public String stored() {
    return Names.stored(namespace, name);
  }
}
