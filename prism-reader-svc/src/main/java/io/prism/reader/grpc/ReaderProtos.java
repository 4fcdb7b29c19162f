package io.prism.reader.grpc;

import com.google.protobuf.Timestamp;
import com.google.protobuf.Value;
import io.prism.reader.domain.Filter;
import io.prism.reader.domain.ReaderLimits;
import io.prism.reader.domain.Selection;
import io.prism.reader.domain.Sort;
import io.prism.reader.v1.CountRequest;
import io.prism.reader.v1.PageMetadata;
import io.prism.reader.v1.QueryRequest;
import io.prism.reader.v1.ReadRequest;
import io.prism.starter.error.PrismException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Between requests and selections. */
final class ReaderProtos {

  private ReaderProtos() {}

  static Selection<Value> selection(String namespace, ReadRequest request, ReaderLimits limits) {
    return new Selection<>(
        namespace,
        request.getCollection(),
        request.getFieldsList(),
        filter(request.hasFilter(), request.getFilter(), limits),
        sort(request.getSortList(), limits));
  }

  static Selection<Value> selection(String namespace, QueryRequest request, ReaderLimits limits) {
    return new Selection<>(
        namespace,
        request.getCollection(),
        request.getFieldsList(),
        filter(request.hasFilter(), request.getFilter(), limits),
        sort(request.getSortList(), limits));
  }

  static Selection<Value> selection(String namespace, CountRequest request, ReaderLimits limits) {
    return new Selection<>(
        namespace,
        request.getCollection(),
        List.of(),
        filter(request.hasFilter(), request.getFilter(), limits),
        List.of());
  }

  private static @Nullable Filter<Value> filter(
      boolean present, io.prism.reader.v1.Filter filter, ReaderLimits limits) {
    return present ? FilterProtos.filter(filter, limits) : null;
  }

  private static List<Sort> sort(List<io.prism.reader.v1.Sort> sort, ReaderLimits limits) {
    ReaderLimits.check("sort", "sort keys", sort.size(), limits.maxSort());
    List<Sort> keys = new ArrayList<>(sort.size());
    for (int i = 0; i < sort.size(); i++) {
      io.prism.reader.v1.Sort key = sort.get(i);
      boolean descending =
          switch (key.getDirection()) {
            case DIRECTION_UNSPECIFIED, DIRECTION_ASC -> false;
            case DIRECTION_DESC -> true;
            case UNRECOGNIZED ->
                throw PrismException.invalid(
                    "sort[" + i + "].direction",
                    key.getDirectionValue() + " (expected: a direction)");
          };
      keys.add(new Sort(key.getField(), descending));
    }
    return keys;
  }

  /** An optional number of rows, or {@code absent}. */
  static long rows(String field, boolean present, int rows, long absent) {
    if (!present) {
      return absent;
    }
    if (rows < 0) {
      throw PrismException.invalid(field, rows + " (expected: 0 or more)");
    }
    return rows;
  }

  static PageMetadata metadata(int rows, int number) {
    Instant now = Instant.now();
    return PageMetadata.newBuilder()
        .setRowCount(rows)
        .setPageNumber(number)
        .setGeneratedAt(
            Timestamp.newBuilder().setSeconds(now.getEpochSecond()).setNanos(now.getNano()))
        .build();
  }
}
