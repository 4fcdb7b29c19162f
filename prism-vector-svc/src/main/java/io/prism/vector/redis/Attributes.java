package io.prism.vector.redis;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Metadata as attributes of a vector set, and filters as its expressions. Names are in hexadecimal
 * and values in Base64, since the expressions take only a few characters as they are, and nothing
 * that a client sends can be more than a name or a value.
 */
final class Attributes {

  /** What names begin with, as a name must not begin with a digit. */
  private static final String PREFIX = "m";

  private static final HexFormat HEX = HexFormat.of();
  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();
  private static final Base64.Decoder DECODER = Base64.getUrlDecoder();

  private Attributes() {}

  static String json(Map<String, String> metadata) {
    return new TreeMap<>(metadata)
        .entrySet().stream()
            .map(entry -> "\"%s\":\"%s\"".formatted(name(entry.getKey()), value(entry.getValue())))
            .collect(Collectors.joining(",", "{", "}"));
  }

  static String filter(Map<String, String> filters) {
    return new TreeMap<>(filters)
        .entrySet().stream()
            .map(entry -> ".%s == \"%s\"".formatted(name(entry.getKey()), value(entry.getValue())))
            .collect(Collectors.joining(" and "));
  }

  /** The metadata that {@link #json} has encoded, in the order of their names there. */
  static Map<String, String> metadata(String json) {
    Map<String, String> metadata = new TreeMap<>();
    // Neither names nor values have quotes, and there is nothing else between them.
    String[] quoted = json.split("\"", -1);
    for (int i = 1; i + 2 < quoted.length; i += 4) {
      String name =
          new String(HEX.parseHex(quoted[i].substring(PREFIX.length())), StandardCharsets.UTF_8);
      metadata.put(name, new String(DECODER.decode(quoted[i + 2]), StandardCharsets.UTF_8));
    }
    return metadata;
  }

  private static String name(String text) {
    return PREFIX + HEX.formatHex(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String value(String text) {
    return ENCODER.encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
