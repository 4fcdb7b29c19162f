package io.prism.session.grpc;

import io.prism.session.domain.PageRequest;
import io.prism.starter.error.PrismException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

/**
 * Where a list goes on, as clients carry it: the last item's sort key and a mark of the filters.
 */
final class PageTokens {

  private static final int DEFAULT_SIZE = 100;
  private static final int MAX_SIZE = 10_000;
  private static final int MARK_BYTES = 8;
  private static final String SEPARATOR = "\n";

  /** What a part of a sort key is. */
  enum Part {
    TEXT,
    TIME,
    NUMBER
  }

  private final String mark;
  private final List<Part> parts;

  private PageTokens(String mark, List<Part> parts) {
    this.mark = mark;
    this.parts = parts;
  }

  /**
   * The tokens of one list.
   *
   * @param filters the rpc and everything that selects the items
   */
  static PageTokens of(List<Object> filters, Part... parts) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest(filters.toString().getBytes(StandardCharsets.UTF_8));
      return new PageTokens(
          HexFormat.of().formatHex(Arrays.copyOf(hash, MARK_BYTES)), List.of(parts));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is missing in this JDK", e);
    }
  }

  /**
   * The page that a request asks for.
   *
   * @throws PrismException INVALID_ARGUMENT
   */
  PageRequest request(int size, String token) {
    if (size < 0) {
      throw PrismException.invalid("page_size", size + " (expected: 0 or more)");
    }
    int effective = size == 0 ? DEFAULT_SIZE : Math.min(size, MAX_SIZE);
    return new PageRequest(effective, token.isEmpty() ? List.of() : key(token));
  }

  private List<String> key(String token) {
    try {
      String text = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
      List<String> found = List.of(text.split(SEPARATOR, -1));
      if (found.size() == parts.size() + 1 && found.getFirst().equals(mark)) {
        List<String> key = found.subList(1, found.size());
        for (int i = 0; i < key.size(); i++) {
          check(parts.get(i), key.get(i));
        }
        return key;
      }
    } catch (IllegalArgumentException | DateTimeException e) {
      throw unknown();
    }
    throw unknown();
  }

  private static void check(Part part, String text) {
    switch (part) {
      case TEXT -> {
        if (text.indexOf('\0') >= 0) {
          throw unknown();
        }
      }
      case TIME -> Instant.parse(text);
      case NUMBER -> Long.parseLong(text);
    }
  }

  private static PrismException unknown() {
    return PrismException.invalid(
        "page_token", "not from here (expected: next_page_token of the same list and filters)");
  }

  /** The token that goes on after a key; empty when nothing follows. */
  String token(List<String> next) {
    if (next.isEmpty()) {
      return "";
    }
    String text = mark + SEPARATOR + String.join(SEPARATOR, next);
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
