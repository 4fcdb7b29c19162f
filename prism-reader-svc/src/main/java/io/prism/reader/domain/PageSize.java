package io.prism.reader.domain;

/**
 * How large a page may become. It has one row at least, whatever its size.
 *
 * @param rows most rows
 * @param bytes most bytes on the wire
 * @param ties most rows beyond these bounds, when rows that are alike in all sort keys must stay
 *     together
 */
public record PageSize(int rows, long bytes, int ties) {

  /** The same with fewer rows. */
  public PageSize atMost(long fewer) {
    return fewer < rows ? new PageSize((int) fewer, bytes, ties) : this;
  }
}
