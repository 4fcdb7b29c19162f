package io.prism.cli;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageOrBuilder;
import com.google.protobuf.Value;
import com.google.protobuf.util.JsonFormat;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;

/** Writes answers: for people in columns, for programs as JSON. */
final class Output {

  /** Larger ones have digits that a double does not know. */
  private static final double MAX_WHOLE = 1e15;

  private static final JsonFormat.Printer JSON =
      JsonFormat.printer().omittingInsignificantWhitespace().alwaysPrintFieldsWithNoPresence();

  private final PrintWriter out;
  private final boolean json;

  Output(PrintWriter out, boolean json) {
    this.out = out;
    this.json = json;
  }

  /** One message: as JSON, or what it says. */
  <M extends MessageOrBuilder> void say(M message, Function<M, String> text) {
    out.println(json ? json(message) : text.apply(message));
    out.flush();
  }

  /** Messages of one kind: as JSON, or a line of cells each, below a heading. */
  <M extends MessageOrBuilder> void table(
      List<M> messages, List<String> heading, Function<M, List<String>> cells) {
    if (json) {
      messages.forEach(message -> out.println(json(message)));
    } else {
      List<List<String>> lines = new ArrayList<>();
      lines.add(heading);
      messages.forEach(message -> lines.add(cells.apply(message)));
      columns(lines);
    }
    out.flush();
  }

  private void columns(List<List<String>> lines) {
    int[] widths = new int[Collections.max(lines.stream().map(List::size).toList())];
    for (List<String> line : lines) {
      for (int i = 0; i < line.size(); i++) {
        widths[i] = Math.max(widths[i], line.get(i).length());
      }
    }
    for (List<String> line : lines) {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < line.size(); i++) {
        text.append(line.get(i));
        if (i < line.size() - 1) {
          text.append(" ".repeat(widths[i] - line.get(i).length() + 2));
        }
      }
      out.println(text.toString().stripTrailing());
    }
  }

  private static String json(MessageOrBuilder message) {
    try {
      return JSON.print(message);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Bytes as the text that they are, or else in base64. */
  static String text(ByteString bytes) {
    return bytes.isValidUtf8()
        ? bytes.toStringUtf8()
        : "base64:" + Base64.getEncoder().encodeToString(bytes.toByteArray());
  }

  static String text(Value value) {
    return switch (value.getKindCase()) {
      case STRING_VALUE -> value.getStringValue();
      case NULL_VALUE, KIND_NOT_SET -> "";
      case NUMBER_VALUE -> text(value.getNumberValue());
      case BOOL_VALUE, STRUCT_VALUE, LIST_VALUE -> json(value);
    };
  }

  /** A whole number as such: columns of int4 travel as doubles. */
  private static String text(double number) {
    boolean whole = number == Math.rint(number) && Math.abs(number) < MAX_WHOLE;
    return whole ? Long.toString((long) number) : Double.toString(number);
  }

  static List<String> cells(Object... values) {
    return Arrays.stream(values).map(Object::toString).toList();
  }
}
