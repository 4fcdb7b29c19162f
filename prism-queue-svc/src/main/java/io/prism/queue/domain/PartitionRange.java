package io.prism.queue.domain;

/**
 * The messages of a partition.
 *
 * @param partition from 0
 * @param earliest offset of the oldest message kept
 * @param latest offset that the next message will get
 */
public record PartitionRange(int partition, long earliest, long latest) {

  /** How many are kept; an upper bound where the topic is compacted. */
  public long count() {
    return latest - earliest;
  }

  /** Whether an offset is that of a message kept, or of the next one. */
  public boolean contains(long offset) {
    return offset >= earliest && offset <= latest;
  }
}
