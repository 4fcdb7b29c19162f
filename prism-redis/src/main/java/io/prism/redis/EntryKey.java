package io.prism.redis;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What an entry is called. All of its keys in Redis begin with {@code {namespace}:}, so namespaces
 * never meet and a namespace is one slot of a cluster.
 *
 * @param namespace of the session; has letters, digits and hyphens only
 * @param space what kind of entry it is
 * @param name any text
 */
public record EntryKey(String namespace, Space space, String name) {

  /** Kinds of entries, which know nothing of each other. */
  public enum Space {
    /**
     * Values of the Cache service that are in Redis alone; they are never removed as copies are.
     */
    MEMORY("m"),
    /** Copies of the Cache service's values. */
    VALUE("c"),
    /** Copies of rows as the Reader service encodes them; the name is what {@link #row} says. */
    ROW("r");

    private final String letter;

    Space(String letter) {
      this.letter = letter;
    }
  }

  /** The copy of a row of a collection, by its primary key as text. */
  public static EntryKey row(String namespace, String collection, String id) {
    return new EntryKey(namespace, Space.ROW, collection + ":" + id);
  }

  /**
   * All copies that services keep of a row by its primary key, for whoever writes the row and
   * {@link Invalidations#invalidate invalidates} them. A copy that Cache keeps by another field
   * than the primary key is not among them, and lives until its ttl is over.
   */
  public static List<EntryKey> copiesOfRow(String namespace, String collection, String id) {
    return List.of(
        row(namespace, collection, id),
        new EntryKey(namespace, Space.VALUE, collection + ":" + id));
  }

  /** The value's key in Redis. */
  public byte[] valueKey() {
    return bytes("");
  }

  byte[] absenceKey() {
    return bytes("/absent");
  }

  byte[] leaseKey() {
    return bytes("/lease");
  }

  byte[] fenceKey() {
    return bytes("/fence");
  }

  /** What all values, absences and leases of a namespace's copies are called, as SCAN takes it. */
  static byte[] pattern(String namespace, Space space) {
    return ("{" + namespace + "}:" + space.letter + "*").getBytes(StandardCharsets.UTF_8);
  }

  private byte[] bytes(String suffix) {
    return ("{" + namespace + "}:" + space.letter + suffix + ":" + name)
        .getBytes(StandardCharsets.UTF_8);
  }
}
