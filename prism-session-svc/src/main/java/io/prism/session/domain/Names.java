package io.prism.session.domain;

import io.prism.starter.error.PrismException;
import java.util.regex.Pattern;

/** The forms of names. */
public final class Names {

  private static final Pattern NAMESPACE = Pattern.compile("[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?");
  private static final Pattern CONFIG = Pattern.compile("[a-z0-9-]{1,64}");

  private Names() {}

  public static boolean isNamespace(String name) {
    return NAMESPACE.matcher(name).matches();
  }

  public static boolean isConfig(String name) {
    return CONFIG.matcher(name).matches();
  }

  /** A text of limited length. */
  public static String limited(String field, String text, int max) {
    if (text.length() > max) {
      throw PrismException.invalid(
          field, text.length() + " characters (expected: at most " + max + ")");
    }
    return text;
  }
}
