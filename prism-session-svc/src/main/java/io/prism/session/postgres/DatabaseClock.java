package io.prism.session.postgres;

import java.time.Instant;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The one clock that all replicas share. */
final class DatabaseClock {

  private DatabaseClock() {}

  /** When the current transaction began. */
  static Instant now(JdbcClient jdbc) {
    return jdbc.sql("select now() as now")
        .query((row, n) -> SessionRows.instant(row, "now"))
        .single();
  }
}
