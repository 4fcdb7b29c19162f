package io.prism.reader.postgres;

import com.google.protobuf.Value;
import io.prism.reader.domain.Page;
import io.prism.reader.domain.PageAssembly;
import io.prism.reader.domain.PageSize;
import io.prism.reader.domain.Position;
import io.prism.reader.domain.ReaderReason;
import io.prism.reader.domain.Scan;
import io.prism.reader.domain.Segment;
import io.prism.reader.domain.Selection;
import io.prism.starter.error.PrismException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A scan of a table: a page is one transaction, a segment of it one statement. */
final class PostgresScan implements Scan<byte[]> {

  private final PostgresCollections collections;
  private final Selection<Value> selection;
  private volatile PreparedScan prepared;

  PostgresScan(PostgresCollections collections, Selection<Value> selection, PreparedScan prepared) {
    this.collections = collections;
    this.selection = selection;
    this.prepared = prepared;
  }

  @Override
  public byte[] identity() {
    return prepared.identity();
  }

  @Override
  public int keys() {
    return prepared.keys().size();
  }

  @Override
  public Page<byte[]> next(
      @Nullable Position after, long skip, PageSize size, Consumer<Position> ahead) {
    try {
      return page(after, skip, size, ahead);
    } catch (SchemaChanged e) {
      prepareAgain(after);
      try {
        return page(after, skip, size, ahead);
      } catch (SchemaChanged again) {
        throw Database.unreadable("the collection cannot be read as it is", again);
      }
    }
  }

  private void prepareAgain(@Nullable Position after) {
    PreparedScan again = collections.prepareAgain(selection);
    if (after != null && !Arrays.equals(prepared.identity(), again.identity())) {
      throw PrismException.of(
          ReaderReason.CURSOR_INVALID, "the collection has other keys than when the scan began");
    }
    prepared = again;
  }

  private Page<byte[]> page(
      @Nullable Position after, long skip, PageSize size, Consumer<Position> ahead) {
    PreparedScan scan = prepared;
    List<Segment> segments =
        after == null ? List.of(Segment.WHOLE) : Segment.after(after, scan.keys());
    if (segments.size() == 1) {
      Sql sql = sql(scan, segments.getFirst(), skip);
      PageAssembly<byte[]> page = new PageAssembly<>(size, scan.isUnique());
      if (page.wanted() <= sql.weight().fetchSize()) {
        return collections
            .database()
            .select(
                "page",
                sql,
                values(scan, after, page, skip),
                rows -> {
                  if (scan.isUnique() && sql.weight().isWithin(size)) {
                    tell(ahead, scan, size, rows);
                  }
                  fill(page, scan, sql.weight(), rows);
                  return page.page();
                });
      }
    }
    return collections
        .database()
        .read(
            "page",
            (connection, cancellation) -> {
              PageAssembly<byte[]> page = new PageAssembly<>(size, scan.isUnique());
              for (Segment segment : segments) {
                if (!page.isFull()) {
                  read(connection, cancellation, scan, segment, after, skip, page);
                }
              }
              return page.page();
            });
  }

  private Sql sql(PreparedScan scan, Segment segment, long skip) {
    return collections
        .statements()
        .get(scan.table(), scan.shape(segment, skip > 0), () -> scan.render(segment, skip > 0));
  }

  private static Sql.Values values(
      PreparedScan scan, @Nullable Position after, PageAssembly<byte[]> page, long skip) {
    return new Sql.Values(
        scan.filter().values(), after == null ? List.of() : after.keys(), page.wanted(), skip);
  }

  private void read(
      Connection connection,
      Cancellation cancellation,
      PreparedScan scan,
      Segment segment,
      @Nullable Position after,
      long skip,
      PageAssembly<byte[]> page)
      throws SQLException {
    Sql sql = sql(scan, segment, skip);
    try (PreparedStatement statement = sql.prepare(connection, values(scan, after, page, skip))) {
      statement.setFetchSize(sql.weight().fetchSize());
      cancellation.begin(statement);
      try (ResultSet result = statement.executeQuery()) {
        fill(page, scan, sql.weight(), result);
      } finally {
        cancellation.end();
      }
    }
  }

  /** All rows are there: the last one of the page can be looked at before the first. */
  private static void tell(
      Consumer<Position> ahead, PreparedScan scan, PageSize size, ResultSet rows)
      throws SQLException {
    if (rows.absolute(size.rows() + 1)) {
      rows.absolute(size.rows());
      ahead.accept(new Position(Arrays.asList(keys(scan, rows))));
    }
    rows.beforeFirst();
  }

  private static void fill(
      PageAssembly<byte[]> page, PreparedScan scan, RowWeight weight, ResultSet result)
      throws SQLException {
    while (result.next()) {
      byte[] row = scan.rows().read(result);
      int bytes = row.length;
      if (!page.offer(row, bytes, keys(scan, result))) {
        return;
      }
      weight.observe(bytes);
      result.setFetchSize(weight.fetchSize());
    }
  }

  private static @Nullable String[] keys(PreparedScan scan, ResultSet result) throws SQLException {
    int width = scan.rows().width();
    @Nullable String[] keys = new @Nullable String[scan.keys().size()];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = result.getString(width + i + 1);
    }
    return keys;
  }
}
