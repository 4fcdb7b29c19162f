package io.prism.cache.postgres;

/** Keys as text of PostgreSQL, which has every character of Unicode but the first. */
final class DurableNames {

  private static final char ESCAPE = '\\';

  private DurableNames() {}

  static String encode(String key) {
    if (key.indexOf('\0') < 0 && key.indexOf(ESCAPE) < 0) {
      return key;
    }
    return key.replace("\\", "\\\\").replace("\0", "\\0");
  }

  static String decode(String name) {
    if (name.indexOf(ESCAPE) < 0) {
      return name;
    }
    StringBuilder key = new StringBuilder(name.length());
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c == ESCAPE) {
        i++;
        key.append(name.charAt(i) == '0' ? '\0' : ESCAPE);
      } else {
        key.append(c);
      }
    }
    return key.toString();
  }
}
