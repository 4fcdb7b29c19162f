package io.prism.transact.domain;

/** The copies of rows that other services keep. */
public interface RowCopies {

  /** Where nobody keeps copies. */
  RowCopies NONE =
      new RowCopies() {
        @Override
        public boolean areKept() {
          return false;
        }

        @Override
        public void remove(ChangedRows rows) {}
      };

  /** Whether there may be some, so that it is worth knowing which rows a write changes. */
  boolean areKept();

  /**
   * Removes the copies of rows; to be called after the commit and before its answer, so that nobody
   * who has the answer reads a copy from before it. Blocks for a short time at most. Never throws:
   * what cannot be removed now is removed later.
   */
  void remove(ChangedRows rows);
}
