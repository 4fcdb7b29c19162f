package io.prism.pubsub.domain;

import io.prism.starter.error.PrismException;
import java.util.ArrayList;
import java.util.List;

/** What topics and patterns consist of. */
final class Tokens {

  static final String ANY = "*";
  static final String REST = ">";
  static final int MAX_LENGTH = 256;
  static final int MAX_TOKENS = 32;

  private static final char SEPARATOR = '.';

  private Tokens() {}

  /** The tokens of a topic, which has no wildcard, behind the namespace. */
  static List<String> ofTopic(String field, String namespace, String name) {
    List<String> path = path(field, namespace, name);
    for (String token : path) {
      if (token.equals(ANY) || token.equals(REST)) {
        throw PrismException.invalid(field, "'" + name + "' (expected: no wildcard)");
      }
    }
    return path;
  }

  /** The tokens of a pattern behind the namespace. */
  static List<String> ofPattern(String field, String namespace, String name) {
    List<String> path = path(field, namespace, name);
    int rest = path.indexOf(REST);
    if (rest >= 0 && rest != path.size() - 1) {
      throw PrismException.invalid(field, "'" + name + "' (expected: > as the last token only)");
    }
    return path;
  }

  private static List<String> path(String field, String namespace, String name) {
    if (name.isEmpty() || name.length() > MAX_LENGTH) {
      throw PrismException.invalid(
          field, name.length() + " characters (expected: 1 to " + MAX_LENGTH + ")");
    }
    List<String> path = new ArrayList<>(8);
    path.add(checkedNamespace(namespace));
    int begin = 0;
    for (int i = 0; i <= name.length(); i++) {
      if (i == name.length() || name.charAt(i) == SEPARATOR) {
        path.add(token(field, name, begin, i));
        begin = i + 1;
      }
    }
    if (path.size() - 1 > MAX_TOKENS) {
      throw PrismException.invalid(
          field, (path.size() - 1) + " tokens (expected: at most " + MAX_TOKENS + ")");
    }
    return path;
  }

  private static String token(String field, String name, int begin, int end) {
    if (begin == end) {
      throw PrismException.invalid(field, "'" + name + "' (expected: no empty token)");
    }
    for (int i = begin; i < end; i++) {
      char c = name.charAt(i);
      if (c <= ' ' || c > '~') {
        throw PrismException.invalid(
            field, "'" + name + "' (expected: printable characters of ASCII without spaces)");
      }
      if ((c == '*' || c == '>') && end - begin > 1) {
        throw PrismException.invalid(
            field, "'" + name + "' (expected: wildcards only as tokens of their own)");
      }
    }
    return name.substring(begin, end);
  }

  /** A namespace comes from a token that session-svc signed; this only makes sure. */
  private static String checkedNamespace(String namespace) {
    for (int i = 0; i < namespace.length(); i++) {
      char c = namespace.charAt(i);
      if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-') {
        throw new IllegalArgumentException(
            "namespace: " + namespace + " (expected: letters, digits and -)");
      }
    }
    if (namespace.isEmpty()) {
      throw new IllegalArgumentException("namespace: empty");
    }
    return namespace;
  }
}
