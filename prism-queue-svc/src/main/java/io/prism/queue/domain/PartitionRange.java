package io.prism.queue.domain;

import io.prism.starter.error.PrismException;

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

  /** The failure of a request for an offset that is not in this range. */
  public PrismException without(long offset) {
    return PrismException.because(
            QueueReason.OFFSET_OUT_OF_RANGE,
            "offset: "
                + offset
                + " in partition "
                + partition
                + " (expected: "
                + earliest
                + " to "
                + latest
                + ")")
        .with("partition", Integer.toString(partition))
        .with("earliest_offset", Long.toString(earliest))
        .with("latest_offset", Long.toString(latest))
        .build();
  }
}
