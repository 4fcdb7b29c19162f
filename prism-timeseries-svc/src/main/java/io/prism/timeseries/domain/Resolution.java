package io.prism.timeseries.domain;

import java.util.concurrent.TimeUnit;

/** The time buckets that rollups have, aligned to 1970. */
public enum Resolution {
  MINUTE(1),
  FIVE_MINUTES(5),
  HOUR(60);

  private final long nanos;

  Resolution(int minutes) {
    this.nanos = TimeUnit.MINUTES.toNanos(minutes);
  }

  /** Width of a bucket in nanoseconds. */
  public long nanos() {
    return nanos;
  }

  /** Width of a bucket in seconds, by which stores name the resolution. */
  public int seconds() {
    return (int) TimeUnit.NANOSECONDS.toSeconds(nanos);
  }

  /** Start of the bucket of a time. */
  public long floor(long time) {
    return time - Math.floorMod(time, nanos);
  }

  /** Start of the first bucket that begins at a time or after it. */
  public long ceil(long time) {
    long floor = floor(time);
    return floor == time ? time : floor + nanos;
  }
}
