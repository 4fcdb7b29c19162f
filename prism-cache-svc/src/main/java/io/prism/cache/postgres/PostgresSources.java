package io.prism.cache.postgres;

import io.prism.cache.domain.CacheSettings;
import io.prism.cache.domain.Source;
import io.prism.cache.domain.SourceMapping;
import io.prism.cache.domain.Sources;
import io.prism.relational.Catalogue;
import io.prism.starter.backend.BackendGuard;
import javax.sql.DataSource;

/** The sources in PostgreSQL. */
public final class PostgresSources implements Sources {

  private final DurableTable table;
  private final Catalogue catalogue;
  private final DataSource dataSource;
  private final BackendGuard guard;

  public PostgresSources(
      DurableTable table, Catalogue catalogue, DataSource dataSource, BackendGuard guard) {
    this.table = table;
    this.catalogue = catalogue;
    this.dataSource = dataSource;
    this.guard = guard;
  }

  @Override
  public Source of(CacheSettings settings) {
    SourceMapping mapping = settings.mapping();
    return mapping == null ? table : new MappedCollection(mapping, catalogue, dataSource, guard);
  }
}
