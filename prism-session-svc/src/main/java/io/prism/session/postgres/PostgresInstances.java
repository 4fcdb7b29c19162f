package io.prism.session.postgres;

import io.prism.session.domain.InstanceReport;
import io.prism.session.domain.InstanceStore;
import io.prism.session.domain.SessionUse;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What instances report, in PostgreSQL; the use of many sessions goes in with one statement. */
public final class PostgresInstances implements InstanceStore {

  private final Database database;
  private final JdbcClient jdbc;

  public PostgresInstances(Database database, JdbcClient jdbc) {
    this.database = database;
    this.jdbc = jdbc;
  }

  @Override
  public long book(InstanceReport report) {
    return database.transaction(
        "instance.book",
        () -> {
          long booked =
              jdbc.sql("select sequence from feed_instance where id = ? for update")
                  .param(report.instanceId())
                  .query(Long.class)
                  .optional()
                  .orElse(0L);
          seen(report);
          if (report.sequence() <= booked) {
            return booked;
          }
          if (!report.use().isEmpty()) {
            addUse(report.use());
            replaceOpen(report);
          }
          return report.sequence();
        });
  }

  private void seen(InstanceReport report) {
    jdbc.sql(
            """
            insert into feed_instance as i (id, sequence, services, features, seen_at)
            values (?, ?, ?, ?, now())
            on conflict (id) do update set
              sequence = greatest(i.sequence, excluded.sequence),
              services = case when cardinality(excluded.services) = 0 then i.services else excluded.services end,
              features = case when cardinality(excluded.services) = 0 then i.features else excluded.features end,
              seen_at = now()
            """)
        .param(report.instanceId())
        .param(report.sequence())
        .param(report.services().toArray(String[]::new))
        .param(report.features().toArray(String[]::new))
        .update();
  }

  /** Rows are locked in the order of their ids, so that two reports cannot wait for each other. */
  private void addUse(List<SessionUse> use) {
    jdbc.sql(
            """
            with used as materialized (
              select * from unnest(?, ?, ?, ?, ?) as u (id, requests, sent, received, idle)),
            locked as materialized (
              select s.id from session s where s.id in (select id from used)
              order by s.id for no key update)
            update session s set
              requests = s.requests + u.requests,
              bytes_sent = s.bytes_sent + u.sent,
              bytes_received = s.bytes_received + u.received,
              last_activity = greatest(s.last_activity, now() - u.idle * interval '1 microsecond')
            from used u, locked l where s.id = u.id and l.id = s.id
            """)
        .param(texts(use, SessionUse::sessionId))
        .param(numbers(use, SessionUse::requests))
        .param(numbers(use, SessionUse::bytesSent))
        .param(numbers(use, SessionUse::bytesReceived))
        .param(numbers(use, u -> u.idle().toNanos() / 1_000))
        .update();
  }

  private void replaceOpen(InstanceReport report) {
    List<SessionUse> use = report.use();
    List<SessionUse> open =
        use.stream().filter(u -> u.activeStreams() > 0 || u.pendingOperations() > 0).toList();
    jdbc.sql("delete from session_use where instance_id = ? and session_id = any(?)")
        .param(report.instanceId())
        .param(texts(use, SessionUse::sessionId))
        .update();
    if (open.isEmpty()) {
      return;
    }
    jdbc.sql(
            """
            insert into session_use (session_id, instance_id, active_streams, pending)
            select u.id, ?, u.streams, u.pending from unnest(?, ?, ?) as u (id, streams, pending)
            """)
        .param(report.instanceId())
        .param(texts(open, SessionUse::sessionId))
        .param(numbers(open, SessionUse::activeStreams))
        .param(numbers(open, SessionUse::pendingOperations))
        .update();
  }

  private static String[] texts(List<SessionUse> use, Function<SessionUse, String> field) {
    return use.stream().map(field).toArray(String[]::new);
  }

  private static Long[] numbers(List<SessionUse> use, ToLongFunction<SessionUse> field) {
    return use.stream().map(u -> field.applyAsLong(u)).toArray(Long[]::new);
  }

  @Override
  public void forget(String instanceId) {
    database.run(
        "instance.forget",
        () -> {
          jdbc.sql("delete from session_use where instance_id = ?").param(instanceId).update();
          jdbc.sql("delete from feed_instance where id = ?").param(instanceId).update();
        });
  }

  @Override
  public void forgetSilent(Duration silence) {
    database.run(
        "instance.forget_silent",
        () -> {
          jdbc.sql(
                  """
                  delete from session_use where instance_id in (
                    select id from feed_instance where seen_at < now() - ? * interval '1 microsecond')
                  """)
              .param(silence.toNanos() / 1_000)
              .update();
          jdbc.sql("delete from feed_instance where seen_at < now() - ? * interval '1 microsecond'")
              .param(silence.toNanos() / 1_000)
              .update();
        });
  }

  @Override
  public List<String> reachable(Duration lately) {
    return database.single(
        "instance.reachable",
        () ->
            jdbc.sql(
                    """
                    select distinct unnest(services || features) as name from feed_instance
                    where seen_at > now() - ? * interval '1 microsecond' order by name
                    """)
                .param(lately.toNanos() / 1_000)
                .query(String.class)
                .list());
  }
}
