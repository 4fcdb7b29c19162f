package io.prism.queue.domain;

import io.prism.starter.error.PrismException;

/** What topics and groups may be called, and what they are called in the store. */
final class Names {

  private static final char SEPARATOR = '.';

  private Names() {}

  static String checked(String field, String name) {
    if (name.isEmpty() || name.length() > TopicName.MAX_LENGTH) {
      throw PrismException.invalid(
          field, name.length() + " characters (expected: 1 to " + TopicName.MAX_LENGTH + ")");
    }
    for (int i = 0; i < name.length(); i++) {
      if (!isAllowed(name.charAt(i))) {
        throw PrismException.invalid(
            field, "'" + name + "' (expected: letters, digits, . _ and -)");
      }
    }
    if (name.equals(".") || name.equals("..")) {
      throw PrismException.invalid(field, "'" + name + "' (expected: not only dots)");
    }
    return name;
  }

  static String stored(String namespace, String name) {
    if (namespace.indexOf(SEPARATOR) >= 0) {
      throw new IllegalArgumentException("namespace: " + namespace + " (expected: no dot)");
    }
    return namespace + SEPARATOR + name;
  }

  private static boolean isAllowed(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '.'
        || c == '_'
        || c == '-';
  }
}
