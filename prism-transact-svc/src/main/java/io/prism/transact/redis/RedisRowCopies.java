package io.prism.transact.redis;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.prism.redis.EntryKey;
import io.prism.redis.Invalidations;
import io.prism.transact.domain.ChangedRows;
import io.prism.transact.domain.RowCopies;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Copies of rows in Redis, whichever service keeps them. */
public final class RedisRowCopies implements RowCopies {

  private static final Logger log = LoggerFactory.getLogger(RedisRowCopies.class);

  /** Copies that Redis removes in one go. */
  private static final int BATCH = 500;

  private final Invalidations invalidations;
  private final Counter rows;
  private final Counter namespaces;

  public RedisRowCopies(Invalidations invalidations, MeterRegistry meters) {
    this.invalidations = invalidations;
    rows = meters.counter("prism.transact.invalidations", "of", "row");
    namespaces = meters.counter("prism.transact.invalidations", "of", "namespace");
  }

  @Override
  public boolean areKept() {
    return true;
  }

  @Override
  public void remove(ChangedRows changed) {
    if (changed.isEmpty()) {
      return;
    }
    try {
      CompletableFuture.allOf(removals(changed).toArray(CompletableFuture[]::new)).join();
    } catch (RuntimeException e) {
      log.error("copies of changed rows could not be removed and live until their time is over", e);
    }
  }

  private List<CompletableFuture<Void>> removals(ChangedRows changed) {
    List<CompletableFuture<Void>> removals = new ArrayList<>();
    List<EntryKey> batch = new ArrayList<>();
    for (ChangedRows.Row row : changed.rows()) {
      batch.addAll(EntryKey.copiesOfRow(row.namespace(), row.table(), row.id()));
      if (batch.size() >= BATCH) {
        removals.add(invalidations.invalidate(batch));
        batch = new ArrayList<>();
      }
    }
    if (!batch.isEmpty()) {
      removals.add(invalidations.invalidate(batch));
    }
    changed.namespaces().forEach(whole -> removals.add(invalidations.invalidateAll(whole)));
    rows.increment(changed.rows().size());
    namespaces.increment(changed.namespaces().size());
    return removals;
  }
}
