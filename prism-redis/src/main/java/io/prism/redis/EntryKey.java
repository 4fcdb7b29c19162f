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
 * @param variant what a copy is of where one name stands for several things; empty: for one only. A
 *     row has one key in Redis whatever the variant, so who writes the row removes its copy without
 *     knowing the variants: the copy begins with its variant, and to others it is not there. Keys
 *     of different variants are different to this instance, whose callers share loads by key. Of
 *     Latin characters
 */
public record EntryKey(String namespace, Space space, String name, String variant) {

  /** Kinds of entries, which know nothing of each other. */
  public enum Space {
    /**
     * Values of the Cache service that are in Redis alone; they are never removed as copies are.
     */
    MEMORY("m"),
    /** Copies of values that the Cache service has in its durable table. */
    VALUE("c"),
    /**
     * Copies of values that the Cache service finds in rows of collections; the name is the
     * collection and the id, the variant what of which row the session sees under it.
     */
    MAPPED("t"),
    /** Copies of rows as the Reader service encodes them; the name is what {@link #row} says. */
    ROW("r");

    private final String letter;

    Space(String letter) {
      this.letter = letter;
    }
  }

  /** An entry whose name stands for one thing. */
  public EntryKey(String namespace, Space space, String name) {
    this(namespace, space, name, "");
  }

  /** The copy of a row of a collection, by its primary key as text. */
  public static EntryKey row(String namespace, String collection, String id) {
    return new EntryKey(namespace, Space.ROW, collection + ":" + id);
  }

  /**
   * All copies that services keep of a row by its primary key, for whoever writes the row and
   * {@link Invalidations#invalidate invalidates} them, whatever their variants. A copy that Cache
   * keeps by another field than the primary key is not among them, and lives until its ttl is over.
   *
   * @param id as Reader gives the value of the primary key
   */
  public static List<EntryKey> copiesOfRow(String namespace, String collection, String id) {
    return List.of(
        row(namespace, collection, id),
        new EntryKey(namespace, Space.MAPPED, collection + ":" + id));
  }

  /** The value's key in Redis. */
  public byte[] valueKey() {
    return bytes("");
  }

  /** What a value in Redis begins with. */
  byte[] tag() {
    return variant.getBytes(StandardCharsets.ISO_8859_1);
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
