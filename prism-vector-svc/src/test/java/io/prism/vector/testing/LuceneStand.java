package io.prism.vector.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A folder for Lucene indexes. */
public final class LuceneStand {

  private final Path folder;

  public LuceneStand() {
    try {
      folder = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "lucene");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public Path folder() {
    return folder;
  }

  /** What a service over it is configured with. */
  public List<String> properties() {
    return List.of("prism.vector.store=lucene", "prism.vector.lucene.folder=" + folder);
  }
}
