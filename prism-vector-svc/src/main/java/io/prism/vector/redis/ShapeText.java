package io.prism.vector.redis;

import io.prism.vector.domain.IndexShape;
import io.prism.vector.domain.Metric;
import java.nio.charset.StandardCharsets;

/**
 * What is fixed of an index, as Redis keeps it.
 *
 * @param quantization how exactly the vectors are kept
 * @param text as it is there, by which it is known again
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record ShapeText(IndexShape shape, Quantization quantization, byte[] text) {

  private static final String VERSION = "1";
  private static final int FIELDS = 6;

  static ShapeText of(IndexShape shape, Quantization quantization) {
    String text =
        String.join(
            " ",
            VERSION,
            Integer.toString(shape.dimensions()),
            shape.metric().name(),
            Integer.toString(shape.links()),
            Double.toString(shape.maxLength()),
            quantization.name());
    return new ShapeText(shape, quantization, text.getBytes(StandardCharsets.US_ASCII));
  }

  static ShapeText parse(byte[] text) {
    String[] fields = new String(text, StandardCharsets.US_ASCII).split(" ", -1);
    if (fields.length != FIELDS || !fields[0].equals(VERSION)) {
      throw new IllegalStateException("an index of another version of this service");
    }
    return new ShapeText(
        new IndexShape(
            Integer.parseInt(fields[1]),
            Metric.valueOf(fields[2]),
            Integer.parseInt(fields[3]),
            Double.parseDouble(fields[4])),
        Quantization.valueOf(fields[5]),
        text);
  }
}
