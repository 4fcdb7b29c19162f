package io.prism.reader.domain;

import java.util.List;

/**
 * A condition on rows. It holds or does not hold, nothing in between: a comparison with a field
 * that is null does not hold, unless it asks for null, and so its negation does.
 *
 * @param <V> a value as clients send it
 */
public sealed interface Filter<V> {

  /**
   * A condition on one field.
   *
   * @param path of this condition in the request, for messages
   */
  record Test<V>(String path, String field, Operator operator, V value) implements Filter<V> {}

  /** Every one of the conditions holds. */
  record All<V>(List<Filter<V>> filters) implements Filter<V> {}

  /** At least one of the conditions holds. */
  record Any<V>(List<Filter<V>> filters) implements Filter<V> {}

  /** The condition does not hold. */
  record Not<V>(Filter<V> filter) implements Filter<V> {}
}
