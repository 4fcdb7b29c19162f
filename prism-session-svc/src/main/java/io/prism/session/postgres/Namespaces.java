package io.prism.session.postgres;

import io.prism.session.domain.SessionReason;
import io.prism.starter.error.PrismException;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The lock between the creation of sessions in a namespace and a change of its status: either finds
 * what the other stored. It lives in memory, so creating a session dirties no shared row.
 */
final class Namespaces {

  private static final int LOCK_CLASS = 0x5e55;

  private Namespaces() {}

  static void lockShared(JdbcClient jdbc, String namespace) {
    lock(jdbc, "select pg_advisory_xact_lock_shared(?, hashtext(?))", namespace);
  }

  static void lockExclusive(JdbcClient jdbc, String namespace) {
    lock(jdbc, "select pg_advisory_xact_lock(?, hashtext(?))", namespace);
  }

  private static void lock(JdbcClient jdbc, String sql, String namespace) {
    jdbc.sql(sql).param(LOCK_CLASS).param(namespace).query((row, n) -> true).single();
  }

  static PrismException notFound(String name) {
    return PrismException.because(SessionReason.NAMESPACE_NOT_FOUND, "no namespace '" + name + "'")
        .resource("prism.admin.v1.Namespace", name)
        .with("namespace", name)
        .build();
  }
}
