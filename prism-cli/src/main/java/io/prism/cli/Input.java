package io.prism.cli;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.NullValue;
import com.google.protobuf.Value;
import com.google.protobuf.util.JsonFormat;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** What is given on the command line or on standard input. */
final class Input {

  private static final Pattern JSON =
      Pattern.compile(
          "-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?|true|false|\\{.*}|\\[.*]|\".*\"",
          Pattern.DOTALL);

  private Input() {}

  /** The argument itself, or with {@code -} all of standard input. */
  static ByteString bytes(PrismCli prism, String argument) throws IOException {
    return argument.equals("-")
        ? ByteString.readFrom(prism.in())
        : ByteString.copyFromUtf8(argument);
  }

  /** A number, a truth value, null or JSON where it reads as such, else text. */
  static Value value(String text) {
    if (text.equals("null")) {
      return Value.newBuilder().setNullValue(NullValue.NULL_VALUE).build();
    }
    if (JSON.matcher(text).matches()) {
      try {
        Value.Builder value = Value.newBuilder();
        JsonFormat.parser().merge(text, value);
        return value.build();
      } catch (InvalidProtocolBufferException e) {
        return Value.newBuilder().setStringValue(text).build();
      }
    }
    return Value.newBuilder().setStringValue(text).build();
  }

  static Map<String, Value> values(Map<String, String> texts) {
    Map<String, Value> values = new LinkedHashMap<>();
    texts.forEach((name, text) -> values.put(name, value(text)));
    return values;
  }
}
