package io.prism.starter.auth;

import io.prism.options.v1.Access;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What a session may call: {@code service:level}, each part possibly {@code *}. A higher level
 * includes the lower ones (RFC-002 §11.3).
 */
public final class Permissions {

  private static final Pattern FORM = Pattern.compile("([a-z]+|\\*):(read|write|admin|\\*)");
  private static final String ANY = "*";

  private final List<String> texts;
  private final Map<String, Integer> rankByService;

  private Permissions(List<String> texts, Map<String, Integer> rankByService) {
    this.texts = texts;
    this.rankByService = rankByService;
  }

  /**
   * Reads permissions.
   *
   * @throws IllegalArgumentException on one of another form
   */
  public static Permissions parse(Collection<String> texts) {
    Map<String, Integer> ranks = new TreeMap<>();
    for (String text : texts) {
      if (!isValid(text)) {
        throw new IllegalArgumentException(
            "permission: " + text + " (expected: service:level, level read, write, admin or *)");
      }
      int colon = text.indexOf(':');
      ranks.merge(text.substring(0, colon), rank(text.substring(colon + 1)), Math::max);
    }
    return new Permissions(List.copyOf(texts), Map.copyOf(ranks));
  }

  /** Whether a text has the form of a permission. */
  public static boolean isValid(String text) {
    return FORM.matcher(text).matches();
  }

  /** Whether these allow rpcs of a level in a service. */
  public boolean allow(String service, Access level) {
    int needed =
        switch (level) {
          case ACCESS_READ -> 1;
          case ACCESS_WRITE -> 2;
          case ACCESS_ADMIN -> 3;
          case ACCESS_PUBLIC, ACCESS_SESSION -> 0;
          case ACCESS_INTERNAL, ACCESS_UNSPECIFIED, UNRECOGNIZED -> Integer.MAX_VALUE;
        };
    return rankOf(service) >= needed;
  }

  /** Whether these include everything that the others allow, so that one may grant the others. */
  public boolean include(Permissions others) {
    return others.rankByService.entrySet().stream()
        .allMatch(entry -> rankOf(entry.getKey()) >= entry.getValue());
  }

  /** The permissions as they were written. */
  public List<String> texts() {
    return texts;
  }

  private int rankOf(String service) {
    return Math.max(rankByService.getOrDefault(service, 0), rankByService.getOrDefault(ANY, 0));
  }

  private static int rank(String level) {
    return switch (level) {
      case "read" -> 1;
      case "write" -> 2;
      default -> 3;
    };
  }
}
