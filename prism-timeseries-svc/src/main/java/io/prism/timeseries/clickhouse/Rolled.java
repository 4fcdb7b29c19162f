package io.prism.timeseries.clickhouse;

import java.io.IOException;
import java.util.List;

/**
 * What a bucket's rollup was made of.
 *
 * @param bucket start in Unix nanoseconds
 * @param expires the last day on which one of its events expires
 * @param seen digest of the rows of events that are in it for sure
 * @param covers dimensions that all of its events keep in rollups
 */
record Rolled(long bucket, int expires, long seen, List<String> covers) {

  static final String TABLE = "rolled";

  static final List<String> COLUMNS =
      List.of("namespace", "resolution", "bucket", "expires", "seen", "covers", "version");

  static Rolled read(RowBinaryReader in) throws IOException {
    return new Rolled(in.int64(), in.date(), in.int64(), in.strings());
  }

  void write(RowBinaryWriter out, String namespace, int resolution, long version)
      throws IOException {
    out.string(namespace);
    out.int32(resolution);
    out.int64(bucket);
    out.date(expires);
    out.int64(seen);
    out.strings(covers);
    out.int64(version);
  }
}
