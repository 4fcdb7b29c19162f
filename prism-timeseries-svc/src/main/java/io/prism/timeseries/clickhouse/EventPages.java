package io.prism.timeseries.clickhouse;

import io.prism.timeseries.domain.EventKey;
import io.prism.timeseries.domain.EventPage;
import io.prism.timeseries.domain.EventQuery;
import io.prism.timeseries.domain.StoredEvent;
import io.prism.timeseries.domain.TimeRange;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads pages of events by slices of time, each as long as rows are in it. ClickHouse reads its
 * tables in reverse order only as they are, with all the rows that an event may have; to find the
 * one that counts takes a sort. So the sort is kept to few rows, wherever in the range the page is.
 */
final class EventPages {

  /** Rows of a first slice at least; of most pages it is the only one. */
  private static final long FIRST_ROWS = 1000;

  /** By how much slices grow while few of their events are asked for. */
  private static final int GROWTH = 4;

  private static final long MAX_ROWS = 1_000_000;

  /** What a slice's events may take in ClickHouse's memory. */
  private static final long MAX_SLICE_BYTES = 64 * 1024 * 1024L;

  private final ClickHouseLink link;

  EventPages(ClickHouseLink link) {
    this.link = link;
  }

  EventPage read(EventQuery query, @Nullable EventKey after, int limit, long maxBytes, int today) {
    Page page = new Page(query.namespace(), limit, maxBytes);
    TimeRange left = after == null ? query.range() : behind(query, after);
    long rows = Math.max(FIRST_ROWS, 2L * limit);
    while (left != null) {
      TimeRange slice = slice(query, left, today, rows);
      Sql sql = PageSql.page(query, slice, after, today, page.wanted() + 1L);
      boolean more = link.read("query", sql, page::take);
      if (more) {
        return new EventPage(page.events, true);
      }
      left = rest(query, left, slice);
      rows = Math.min(MAX_ROWS, rows * GROWTH);
    }
    return new EventPage(page.events, false);
  }

  private static TimeRange behind(EventQuery query, EventKey after) {
    TimeRange range = query.range();
    return query.descending()
        ? new TimeRange(range.start(), after.timestamp() + 1)
        : new TimeRange(after.timestamp(), range.end());
  }

  /** The part of a range that is read next: all of it, if it has few rows. */
  private TimeRange slice(EventQuery query, TimeRange left, int today, long rows) {
    long last =
        link.read("query", PageSql.times(query, left, today, rows), times -> last(times, rows));
    if (last == NONE) {
      return left;
    }
    return query.descending()
        ? new TimeRange(last, left.end())
        : new TimeRange(left.start(), last + 1);
  }

  /** No slice ends: events have times after it. */
  private static final long NONE = 0;

  private static long last(RowBinaryReader times, long rows) throws IOException {
    long bytes = 0;
    for (long row = 1; times.hasNext(); row++) {
      long time = times.int64();
      bytes += times.int32();
      if (row == rows || bytes >= MAX_SLICE_BYTES) {
        return time;
      }
    }
    return NONE;
  }

  private static @Nullable TimeRange rest(EventQuery query, TimeRange left, TimeRange slice) {
    long start = query.descending() ? left.start() : slice.end();
    long end = query.descending() ? slice.start() : left.end();
    return start < end ? new TimeRange(start, end) : null;
  }

  private static final class Page {

    private final String namespace;
    private final int limit;
    private final long maxBytes;
    private final List<StoredEvent> events = new ArrayList<>();
    private long bytes;

    Page(String namespace, int limit, long maxBytes) {
      this.namespace = namespace;
      this.limit = limit;
      this.maxBytes = maxBytes;
    }

    int wanted() {
      return isFull() ? 0 : limit - events.size();
    }

    private boolean isFull() {
      return events.size() == limit || bytes >= maxBytes;
    }

    /** Takes what is wanted. Returns whether there is more. */
    boolean take(RowBinaryReader rows) throws IOException {
      while (!isFull()) {
        if (!rows.hasNext()) {
          return false;
        }
        StoredEvent event = EventRows.read(rows, namespace);
        events.add(event);
        bytes += event.bytes();
      }
      return rows.hasNext();
    }
  }
}
