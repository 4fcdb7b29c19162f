package io.prism.reader.postgres;

/** A statement was made for another shape of the table than it has now. */
final class SchemaChanged extends RuntimeException {

  private static final long serialVersionUID = 1L;

  SchemaChanged(Throwable cause) {
    super("the table has another shape now", cause);
  }
}
