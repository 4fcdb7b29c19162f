package io.prism.objectstore.domain;

/**
 * Which objects to list.
 *
 * @param namespace of the session
 * @param prefix only keys that begin with it
 * @param delimiter rolls up keys that have it after the prefix; empty: none
 * @param limit most objects and common prefixes
 * @param after where the page before ended, as the store said; empty: from the start
 */
public record ListQuery(
    String namespace, String bucket, String prefix, String delimiter, int limit, String after) {

  /** The same from a position on. */
  public ListQuery after(String position) {
    return new ListQuery(namespace, bucket, prefix, delimiter, limit, position);
  }
}
