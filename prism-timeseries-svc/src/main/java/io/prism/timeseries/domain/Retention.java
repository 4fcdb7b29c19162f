package io.prism.timeseries.domain;

import java.time.Clock;
import java.util.concurrent.TimeUnit;

/** When events are gone. Days are counted from 1970, in UTC. */
public final class Retention {

  /** The last day that every store can hold. */
  private static final long LAST_DAY = 65_535;

  private Retention() {}

  /** The first day on which an event is gone. */
  public static int expiresDay(long timestamp, int retentionDays) {
    long day = TimeUnit.NANOSECONDS.toDays(timestamp);
    return (int) Math.min(LAST_DAY, day + retentionDays + 1);
  }

  /** The day that it is. Events whose day has come are not there any more. */
  public static int today(Clock clock) {
    return (int) TimeUnit.MILLISECONDS.toDays(clock.millis());
  }
}
