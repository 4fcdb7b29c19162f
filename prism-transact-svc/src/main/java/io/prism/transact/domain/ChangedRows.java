package io.prism.transact.domain;

import java.util.HashSet;
import java.util.Set;

/**
 * The rows that a transaction has changed, or may have. Beyond so many of them it is only known
 * that there are more. Not thread-safe.
 */
public final class ChangedRows {

  /** Most rows that are told one by one. */
  public static final int MAX_ROWS = 10_000;

  private final Set<Row> rows = new HashSet<>();
  private final Set<String> whole = new HashSet<>();

  /**
   * A row.
   *
   * @param id its primary key as it travels
   */
  public record Row(String namespace, String table, String id) {}

  /** Adds a row. */
  public void add(Row row) {
    if (whole.contains(row.namespace())) {
      return;
    }
    rows.add(row);
    if (rows.size() > MAX_ROWS) {
      addUntold(row.namespace());
    }
  }

  /** Adds rows of a namespace of which nobody knows which they are. */
  public void addUntold(String namespace) {
    whole.add(namespace);
    rows.removeIf(row -> row.namespace().equals(namespace));
  }

  public boolean isEmpty() {
    return rows.isEmpty() && whole.isEmpty();
  }

  /** Those that are known. */
  public Set<Row> rows() {
    return rows;
  }

  /** Namespaces in which there are more. */
  public Set<String> namespaces() {
    return whole;
  }
}
