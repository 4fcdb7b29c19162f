package io.prism.timeseries.clickhouse;

import io.prism.timeseries.domain.Resolution;
import io.prism.timeseries.domain.StaleMinute;
import io.prism.timeseries.domain.TimeRange;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Finds out which rollups have seen all of their events. */
final class Freshness {

  private static final List<Resolution> SHORTEST_FIRST =
      List.of(Resolution.MINUTE, Resolution.FIVE_MINUTES, Resolution.HOUR);

  private final ClickHouseLink link;

  Freshness(ClickHouseLink link) {
    this.link = link;
  }

  List<Long> unusable(
      String namespace, Resolution resolution, TimeRange range, List<String> needs, int limit) {
    return link.read(
        "freshness",
        FreshnessSql.unusable(namespace, resolution, range, needs, limit),
        Freshness::starts);
  }

  private static List<Long> starts(RowBinaryReader rows) throws IOException {
    List<Long> starts = new ArrayList<>();
    while (rows.hasNext()) {
      starts.add(rows.int64());
    }
    return starts;
  }

  /** The oldest first: in the newest minute there are events to come. */
  List<StaleMinute> staleMinutes(int limit) {
    List<StaleMinute> hours =
        link.read("freshness", FreshnessSql.staleHours(limit), Freshness::hours);
    List<StaleMinute> minutes = new ArrayList<>();
    for (StaleMinute hour : hours) {
      if (minutes.size() == limit) {
        break;
      }
      for (long start : within(hour, limit - minutes.size())) {
        minutes.add(new StaleMinute(hour.namespace(), start));
      }
    }
    return minutes;
  }

  private static List<StaleMinute> hours(RowBinaryReader rows) throws IOException {
    List<StaleMinute> hours = new ArrayList<>();
    while (rows.hasNext()) {
      hours.add(new StaleMinute(rows.string(), rows.int64()));
    }
    return hours;
  }

  /**
   * What there is to be rolled up in an hour. Where all minutes have been and a longer bucket has
   * not, since a run was broken off, that bucket's first minute makes up for it.
   */
  private List<Long> within(StaleMinute hour, int limit) {
    TimeRange range = new TimeRange(hour.start(), hour.start() + Resolution.HOUR.nanos());
    for (Resolution resolution : SHORTEST_FIRST) {
      List<Long> starts = unusable(hour.namespace(), resolution, range, List.of(), limit);
      if (!starts.isEmpty()) {
        return starts;
      }
    }
    return List.of();
  }
}
