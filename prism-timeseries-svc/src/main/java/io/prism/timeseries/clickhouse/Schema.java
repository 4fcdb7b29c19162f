package io.prism.timeseries.clickhouse;

import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The tables, made on first use. Instances that start at once may all run the same statements: each
 * changes nothing where its work is done already, and has to stay so.
 */
final class Schema {

  /**
   * What tells the rows of a time apart from what they were before: the sum of this over all of
   * them, as they lie there. It changes with every row that comes, and with every one that goes.
   */
  static final String DIGEST =
      "sum(cityHash64(timestamp, event_type, source, event_id, tie, precedence))";

  /** The number of the minute of an event. */
  static final String MINUTE = "intDiv(toUnixTimestamp64Nano(timestamp), 60000000000)";

  /** A day after, since ClickHouse's days may begin up to that much before those of UTC. */
  private static final String TTL = "TTL toDate(least(toUInt16(expires), 65534) + 1)";

  /** What was answered for has to survive a crash of the machine, too. */
  private static final String DURABLE = "fsync_after_insert = 1, fsync_part_directory = 1";

  private static final String VERSIONS =
      """
      CREATE TABLE IF NOT EXISTS schema_versions (
        version UInt32,
        applied DateTime('UTC') DEFAULT now()
      ) ENGINE = MergeTree ORDER BY version
      """;

  /**
   * Each once and in this order; only ever added to.
   *
   * <p>Of events with one key the one with the largest precedence is the event, which is the one
   * that was stored first. The projection lives in the parts that have the rows it is made of, so
   * that neither is ever there without the other, whatever crashes and whatever is replicated late;
   * a table filled by a materialized view would have a moment between the two.
   */
  private static final List<String> STATEMENTS =
      List.of(
          """
          CREATE TABLE IF NOT EXISTS events (
            namespace LowCardinality(String),
            timestamp DateTime64(9, 'UTC'),
            event_type LowCardinality(String),
            source LowCardinality(String),
            event_id String,
            tie Int64,
            dimensions Map(LowCardinality(String), String),
            metrics Map(LowCardinality(String), Float64),
            payload String CODEC(ZSTD(3)),
            bytes UInt32,
            expires Date,
            rollup_dimensions Array(LowCardinality(String)),
            precedence UInt64,
            PROJECTION minutes (
              SELECT namespace, %1$s AS minute, %2$s GROUP BY namespace, minute
            )
          ) ENGINE = ReplacingMergeTree(precedence)
          PARTITION BY toYYYYMM(timestamp)
          ORDER BY (namespace, timestamp, event_type, source, event_id, tie)
          %3$s
          SETTINGS deduplicate_merge_projection_mode = 'rebuild', %4$s
          """
              .formatted(MINUTE, DIGEST, TTL, DURABLE),
          """
          CREATE TABLE IF NOT EXISTS rollups (
            namespace LowCardinality(String),
            resolution UInt32,
            bucket Int64,
            event_type LowCardinality(String),
            source LowCardinality(String),
            dimension_names Array(LowCardinality(String)),
            dimension_values Array(String),
            metric LowCardinality(String),
            expires Date,
            n UInt64,
            total Float64,
            lowest Float64,
            highest Float64,
            sketch_buckets Array(Int32),
            sketch_counts Array(UInt64),
            version UInt64
          ) ENGINE = ReplacingMergeTree(version)
          PARTITION BY toYYYYMM(fromUnixTimestamp64Nano(bucket, 'UTC'))
          ORDER BY (namespace, resolution, bucket, event_type, source, dimension_names,
            dimension_values, metric, expires)
          %1$s
          SETTINGS %2$s
          """
              .formatted(TTL, DURABLE),
          """
          CREATE TABLE IF NOT EXISTS rolled (
            namespace LowCardinality(String),
            resolution UInt32,
            bucket Int64,
            expires Date,
            seen UInt64,
            covers Array(String),
            version UInt64
          ) ENGINE = ReplacingMergeTree(version)
          PARTITION BY toYYYYMM(fromUnixTimestamp64Nano(bucket, 'UTC'))
          ORDER BY (namespace, resolution, bucket)
          %1$s
          SETTINGS %2$s
          """
              .formatted(TTL, DURABLE));

  private final ReentrantLock lock = new ReentrantLock();
  private volatile boolean ready;

  /** Makes what is missing, unless this has succeeded before. */
  void ensure(Statements statements) {
    if (ready) {
      return;
    }
    lock.lock();
    try {
      if (!ready) {
        make(statements);
        ready = true;
      }
    } finally {
      lock.unlock();
    }
  }

  private static void make(Statements statements) {
    statements.makeDatabase();
    statements.run(VERSIONS);
    for (int version = statements.version(); version < STATEMENTS.size(); version++) {
      statements.run(STATEMENTS.get(version));
      statements.run("INSERT INTO schema_versions (version) VALUES (" + (version + 1) + ")");
    }
  }

  /** How its statements are run. */
  interface Statements {

    /** Makes the database if it is not there: whoever may not make one may still use one. */
    void makeDatabase();

    void run(String statement);

    /** The largest number in the table of versions; 0: none. */
    int version();
  }
}
