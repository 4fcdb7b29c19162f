package io.prism.pubsub.nats;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Any text as printable characters of ASCII, and back: headers of NATS carry nothing else, and a
 * line break in one would begin another.
 */
final class PercentCode {

  private static final String DIGITS = "0123456789ABCDEF";

  private PercentCode() {}

  static String encode(String text) {
    if (text.chars().allMatch(PercentCode::isPlain)) {
      return text;
    }
    StringBuilder code = new StringBuilder(text.length() * 2);
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      if (isPlain(b)) {
        code.append((char) b);
      } else {
        code.append('%').append(DIGITS.charAt((b >> 4) & 15)).append(DIGITS.charAt(b & 15));
      }
    }
    return code.toString();
  }

  /** The text; what is no code stands for itself. */
  static String decode(String code) {
    if (code.indexOf('%') < 0) {
      return code;
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(code.length());
    for (int i = 0; i < code.length(); i++) {
      char c = code.charAt(i);
      int value = c == '%' && i + 2 < code.length() ? value(code, i + 1) : -1;
      if (value >= 0) {
        bytes.write(value);
        i += 2;
      } else {
        bytes.writeBytes(String.valueOf(c).getBytes(StandardCharsets.UTF_8));
      }
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static int value(String code, int at) {
    int high = DIGITS.indexOf(code.charAt(at));
    int low = DIGITS.indexOf(code.charAt(at + 1));
    return high < 0 || low < 0 ? -1 : high * 16 + low;
  }

  /**
   * A space is none, since readers of headers trim; and neither are the two that mean something.
   */
  private static boolean isPlain(int c) {
    return c > ' ' && c <= '~' && c != '%' && c != '=';
  }
}
