package io.prism.timeseries.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A folder for a DuckDB database. */
public final class DuckDbStand {

  private final Path folder;

  public DuckDbStand() {
    try {
      folder = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "duckdb");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public Path folder() {
    return folder;
  }

  /** What a service over it is configured with. */
  public List<String> properties() {
    return List.of(
        "prism.timeseries.store=duckdb",
        "prism.timeseries.duckdb.folder=" + folder,
        "prism.timeseries.duckdb.memory=256MB");
  }
}
