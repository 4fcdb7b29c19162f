package io.prism.timeseries.clickhouse;

import io.prism.timeseries.domain.Resolution;
import io.prism.timeseries.domain.TimeRange;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/**
 * Makes rollups, each resolution from the one before. Any instance may at any time, without asking
 * others, while events come.
 *
 * <p>A run first reads what it surely takes in ({@code seen}, a digest of the rows that lie there),
 * then the time, then the events; it writes the rollups, and after them what it has seen. A rollup
 * is used while the digest of what lies there is still what its last run saw. Then everything in it
 * that is of use is right:
 *
 * <ul>
 *   <li>An event that came after the digest was read may be in the rollup or not; either way the
 *       digest is another, and the rollup is not used before the next run.
 *   <li>Runs write the same rows; the one with the later time stays. Where a run's rows took the
 *       place of those of the run whose digest is looked at, it has the later time, so it has read
 *       the events after the other had read the digest: it has all events of that digest, too.
 *   <li>The time is ClickHouse's, read by a statement between the two, so that of two runs the one
 *       with the later time has read events after the other has read its digest. A clock that is
 *       set back, or replicas whose clocks differ by more than such a run takes, could make a
 *       rollup lack events of a minute that two instances roll up at the same time.
 *   <li>A run that dies has written rows that are right, without saying so.
 * </ul>
 */
final class Rollups {

  /** Bounds what a statement of ClickHouse holds in memory. */
  private static final int MINUTES_AT_ONCE = 60;

  private final ClickHouseLink link;

  Rollups(ClickHouseLink link) {
    this.link = link;
  }

  void rollUp(String namespace, Collection<Long> minutes) {
    List<Long> sorted = List.copyOf(new TreeSet<>(minutes));
    for (int first = 0; first < sorted.size(); first += MINUTES_AT_ONCE) {
      int end = Math.min(sorted.size(), first + MINUTES_AT_ONCE);
      some(namespace, sorted.subList(first, end));
    }
  }

  private void some(String namespace, List<Long> minutes) {
    List<TimeRange> ranges = buckets(minutes, Resolution.MINUTE);
    List<Rolled> seen = seen(RollupSql.seenEvents(namespace, ranges));
    long version = now();
    link.run("roll_up", RollupSql.rollUpEvents(namespace, ranges, version));
    write(namespace, Resolution.MINUTE, seen, version);
    longer(namespace, Resolution.MINUTE, Resolution.FIVE_MINUTES, minutes);
    longer(namespace, Resolution.FIVE_MINUTES, Resolution.HOUR, minutes);
  }

  private void longer(
      String namespace, Resolution from, Resolution resolution, List<Long> minutes) {
    List<TimeRange> ranges = buckets(minutes, resolution);
    List<Rolled> seen = seen(RollupSql.seenRollups(namespace, from, resolution, ranges));
    long version = now();
    link.run("roll_up", RollupSql.rollUpRollups(namespace, from, resolution, ranges, version));
    write(namespace, resolution, seen, version);
  }

  private List<Rolled> seen(Sql sql) {
    return link.read("roll_up", sql, Rollups::all);
  }

  private static List<Rolled> all(RowBinaryReader rows) throws IOException {
    List<Rolled> all = new ArrayList<>();
    while (rows.hasNext()) {
      all.add(Rolled.read(rows));
    }
    return all;
  }

  private long now() {
    return link.read("roll_up", RollupSql.now(), RowBinaryReader::int64);
  }

  private void write(String namespace, Resolution resolution, List<Rolled> seen, long version) {
    if (seen.isEmpty()) {
      return;
    }
    link.insert(
        "roll_up",
        Rolled.TABLE,
        Rolled.COLUMNS,
        rows -> {
          for (Rolled rolled : seen) {
            rolled.write(rows, namespace, resolution.seconds(), version);
          }
        });
  }

  /** The buckets of some ascending times; those that follow each other in one range. */
  private static List<TimeRange> buckets(List<Long> times, Resolution resolution) {
    List<TimeRange> ranges = new ArrayList<>();
    for (long time : times) {
      long start = resolution.floor(time);
      long end = start + resolution.nanos();
      TimeRange last = ranges.isEmpty() ? null : ranges.getLast();
      if (last == null || start > last.end()) {
        ranges.add(new TimeRange(start, end));
      } else if (start == last.end()) {
        ranges.set(ranges.size() - 1, new TimeRange(last.start(), end));
      }
    }
    return ranges;
  }
}
