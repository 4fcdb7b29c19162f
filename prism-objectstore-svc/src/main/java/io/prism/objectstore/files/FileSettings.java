package io.prism.objectstore.files;

import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where files are.
 *
 * @param publicEndpoint that presigned URLs name
 * @param urlKey what they are signed with; null: made now
 */
public record FileSettings(Path folder, URI publicEndpoint, @Nullable String urlKey) {

  @Override
  public String toString() {
    return "FileSettings[" + folder + "]";
  }
}
