package io.prism.pubsub.domain;

import io.prism.starter.error.PrismException;

/**
 * A queue group of a namespace. It is one group whatever the patterns of its members: an event that
 * matches several of them goes to one member.
 *
 * @param namespace the namespace of the session that names the group
 * @param name the name as clients see it
 */
public record GroupName(String namespace, String name) {

  static final int MAX_LENGTH = 128;

  /**
   * A group as a client names it.
   *
   * @throws PrismException INVALID_ARGUMENT when it is no group's name
   */
  public static GroupName of(String namespace, String name) {
    if (name.isEmpty() || name.length() > MAX_LENGTH) {
      throw PrismException.invalid(
          "queue_group", name.length() + " characters (expected: 1 to " + MAX_LENGTH + ")");
    }
    if (!name.chars().allMatch(GroupName::isAllowed)) {
      throw PrismException.invalid(
          "queue_group", "'" + name + "' (expected: letters, digits, . _ : / and -)");
    }
    return new GroupName(namespace, name);
  }

  private static boolean isAllowed(int c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || "._:/-".indexOf(c) >= 0;
  }

  /** The name over all namespaces. */
  public String stored() {
    return namespace + '.' + name;
  }
}
