package io.prism.objectstore.files;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The part of an object that a Range header asks for (RFC 9110 §14).
 *
 * @param start first byte, from 0
 * @param end end, exclusive; not after the start when the object has no such byte
 * @param size of the whole object
 */
record HttpRange(long start, long end, long size) {

  private static final Pattern SINGLE =
      Pattern.compile("\\s*bytes\\s*=\\s*(\\d*)-(\\d*)\\s*", Pattern.CASE_INSENSITIVE);

  /** More digits than a size has. */
  private static final int MAX_DIGITS = 18;

  /**
   * The part of an object of that size; empty when a header is not there, or asks for several parts
   * or for nothing that is known here: then the whole is the answer.
   */
  static Optional<HttpRange> of(@Nullable String header, long size) {
    Matcher range = SINGLE.matcher(header == null ? "" : header);
    if (!range.matches()) {
      return Optional.empty();
    }
    String first = range.group(1);
    String last = range.group(2);
    if (first.isEmpty()) {
      return last.isEmpty()
          ? Optional.empty()
          : Optional.of(new HttpRange(Math.max(0, size - number(last)), size, size));
    }
    long start = number(first);
    long inclusive = last.isEmpty() ? Long.MAX_VALUE : number(last);
    return inclusive < start
        ? Optional.empty()
        : Optional.of(new HttpRange(start, Math.min(inclusive, size - 1) + 1, size));
  }

  private static long number(String digits) {
    return digits.length() > MAX_DIGITS ? Long.MAX_VALUE : Long.parseLong(digits);
  }

  /** Whether the object has any byte of it. */
  boolean isSatisfiable() {
    return start < end;
  }

  /** What the answer says about it. */
  String contentRange() {
    return isSatisfiable() ? "bytes %d-%d/%d".formatted(start, end - 1, size) : "bytes */" + size;
  }
}
